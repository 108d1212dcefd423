import { describe, expect, test } from 'vitest';
import { WebexTaskGateway } from '../../../../src/adapters/webex/task-gateway.ts';
import type { TaskRequest } from '../../../../src/calls/task-gateway.ts';
import { broken, NOW_MS, ORG_ID, type Reply, reply, stub, tokens } from './support/stub.ts';

const REQUEST: TaskRequest = {
  attemptId: 'attempt-1',
  kind: 'callback',
  type: 'CALLBACK',
  destination: '+14155550132',
  entryPointId: '510d198d-7aa7-4b75-a5ff-e61759f4f313',
  attributes: { reason: 'invoice' },
};
const CREATED = reply(201, { meta: { orgId: ORG_ID }, data: { id: 'task-1' } }, { trackingid: 'T-1' });
const DEADLINE_MS = NOW_MS + 30_000;

function gateway(replies: readonly Reply[], over: Parameters<typeof stub>[1] = {}) {
  const built = stub(replies, over);
  return { ...built, tasks: new WebexTaskGateway(built.client, 'ringback_attempt') };
}

describe('the request', () => {
  test('of a CALLBACK goes to the outbound entry point with the attempt as an attribute', async () => {
    const { tasks, requests, body } = gateway([CREATED]);

    const answer = await tasks.createTask({ ...REQUEST, origin: '+14155550100' }, DEADLINE_MS);

    expect(answer).toEqual({ outcome: 'placed', taskId: 'task-1', trackingId: 'T-1' });
    expect(body(0)).toEqual({
      destination: '+14155550132',
      entryPointId: REQUEST.entryPointId,
      mediaType: 'telephony',
      outboundType: 'CALLBACK',
      origin: '+14155550100',
      callback: { callbackOrigin: 'web', callbackType: 'immediate' },
      attributes: { reason: 'invoice', ringback_attempt: 'attempt-1' },
    });
    expect(requests[0]).toMatchObject({ method: 'POST', headers: { authorization: 'Bearer token-1' } });
    expect(requests[0]?.url.href).toBe('https://webex.test/v1/tasks');
    expect(requests[0]?.headers).not.toHaveProperty('trackingid');
  });

  test('of an EXECUTE_FLOW has an origin and no callback', async () => {
    const { tasks, body } = gateway([CREATED]);

    await tasks.createTask({ ...REQUEST, type: 'EXECUTE_FLOW', origin: '+14155550100' }, DEADLINE_MS);

    expect(body(0)).toMatchObject({ outboundType: 'EXECUTE_FLOW', origin: '+14155550100' });
    expect(body(0)).not.toHaveProperty('callback');
  });

  test.each<[string, Partial<TaskRequest>, string]>([
    ['an EXECUTE_FLOW without origin', { type: 'EXECUTE_FLOW' }, 'origin must not be empty'],
    [
      'a destination over 36 characters',
      { destination: '1'.repeat(37) },
      'destination must be at most 36 characters long, got 37',
    ],
    [
      'a value over 1024 bytes of UTF-8',
      { attributes: { reason: 'ä'.repeat(513) } },
      'attributes.reason must be at most 1024 bytes of UTF-8, got 1026',
    ],
    [
      'a key over 200 bytes of UTF-8',
      { attributes: { ['ä'.repeat(101)]: 'x' } },
      'must have a key of 1 to 200 bytes, got 202',
    ],
    [
      '30 attributes beside the attempt',
      { attributes: Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`k${n}`, 'v'])) },
      'attributes must hold at most 30 pairs, got 31',
    ],
  ])('with %s is refused here, by the name of the field', async (_name, over, words) => {
    const { tasks, requests } = gateway([CREATED]);

    const answer = await tasks.createTask({ ...REQUEST, ...over }, DEADLINE_MS);

    expect(answer).toMatchObject({ outcome: 'rejected' });
    expect(answer).not.toHaveProperty('status');
    expect(answer).toHaveProperty('words', expect.stringContaining(words));
    expect(requests).toHaveLength(0);
  });

  test.each([
    ['a value of 1024 bytes', { v: 'ä'.repeat(512) }],
    ['a key of 200 bytes', { ['ä'.repeat(100)]: 'v' }],
    ['29 attributes beside the attempt', Object.fromEntries(Array.from({ length: 29 }, (_, n) => [`k${n}`, 'v']))],
  ])('with %s is sent', async (_name, attributes) => {
    const { tasks } = gateway([CREATED]);

    expect((await tasks.createTask({ ...REQUEST, attributes }, DEADLINE_MS)).outcome).toBe('placed');
  });
});

describe('the budget', () => {
  test.each([
    ['callback', 'callbacks'],
    ['outdial', 'outdials'],
  ] as const)('of a %s comes out of the lane of %s', async (kind, lane) => {
    const lanes: string[] = [];
    const take = async (asked: string) => {
      lanes.push(asked);
      return 'granted' as const;
    };
    const { tasks } = gateway([CREATED], { budget: { take, pauseUntil: async () => undefined } });

    await tasks.createTask({ ...REQUEST, kind }, DEADLINE_MS);

    expect(lanes).toEqual([lane]);
  });
});

describe('what is known after asking', () => {
  test.each<[string, Reply, object]>([
    ['no connection', broken('no'), { outcome: 'unsent' }],
    ['a connection that broke after the request was written', broken('unknown'), { outcome: 'uncertain' }],
    [
      '400',
      reply(400, { error: { key: '1000', message: [{ description: 'Invalid origin' }] }, trackingId: 'T-9' }),
      { outcome: 'rejected', status: 400, words: 'Invalid origin', trackingId: 'T-9' },
    ],
    [
      '403',
      reply(403, { errors: [{ message: 'Forbidden' }] }),
      { outcome: 'rejected', status: 403, words: 'Forbidden' },
    ],
    ['404 without a body', reply(404), { outcome: 'rejected', status: 404, words: 'no reason given' }],
    ['408', reply(408), { outcome: 'uncertain' }],
    ['409', reply(409), { outcome: 'uncertain' }],
    ['429 with seconds', reply(429, '', { 'retry-after': '7' }), { outcome: 'throttled', retryAfterMs: 7_000 }],
    ['429 without a header', reply(429), { outcome: 'throttled', retryAfterMs: 60_000 }],
    ['500', reply(500), { outcome: 'uncertain' }],
    ['502 of a proxy', reply(502, '<html>Bad Gateway</html>'), { outcome: 'uncertain' }],
    ['503', reply(503, '', { 'retry-after': '5', trackingid: 'T-5' }), { outcome: 'uncertain', trackingId: 'T-5' }],
    ['307', reply(307, '', { location: 'https://elsewhere.test' }), { outcome: 'uncertain' }],
    ['201 with a body that is not JSON', reply(201, 'created'), { outcome: 'uncertain' }],
    ['201 without an id', reply(201, { data: {} }), { outcome: 'uncertain' }],
    ['201 without a body', reply(201), { outcome: 'uncertain' }],
    ['201 with half a body', { ...reply(201, '{"da'), bodyComplete: false }, { outcome: 'uncertain' }],
    ['400 with half a body', { ...reply(400, '{"er'), bodyComplete: false }, { outcome: 'rejected', status: 400 }],
    ['200 with an id', reply(200, { data: { id: 'task-2' } }), { outcome: 'placed', taskId: 'task-2' }],
  ])('%s', async (_name, answer, expected) => {
    const { tasks, requests } = gateway([answer]);

    expect(await tasks.createTask(REQUEST, DEADLINE_MS)).toMatchObject(expected);
    expect(requests).toHaveLength(1);
  });

  test('a 401 is answered by a fresh token and one repeat of the same request', async () => {
    const own = tokens();
    const { tasks, requests } = gateway([reply(401), CREATED], { tokens: own });

    expect(await tasks.createTask(REQUEST, DEADLINE_MS)).toMatchObject({ outcome: 'placed' });
    expect(own.replaced).toEqual(['token-1']);
    expect(requests.map((request) => request.headers['authorization'])).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(requests[1]?.body).toBe(requests[0]?.body);
  });

  test('a second 401 leaves the call unsent and is told to the observer', async () => {
    const { tasks, requests, refusedAfterRefresh } = gateway([reply(401)]);

    expect(await tasks.createTask(REQUEST, DEADLINE_MS)).toMatchObject({ outcome: 'unsent' });
    expect(requests).toHaveLength(2);
    expect(refusedAfterRefresh).toEqual(['createTask']);
  });

  test('a 401 followed by a break is uncertain', async () => {
    const { tasks } = gateway([reply(401), broken('unknown')]);

    expect(await tasks.createTask(REQUEST, DEADLINE_MS)).toMatchObject({ outcome: 'uncertain' });
  });

  test.each(['current', 'replace'] as const)('no %s token leaves the call unsent', async (fails) => {
    const { tasks } = gateway([reply(401)], { tokens: tokens(fails) });

    expect(await tasks.createTask(REQUEST, DEADLINE_MS)).toMatchObject({ outcome: 'unsent', retryAfterMs: 30_000 });
  });

  test('no budget leaves the call unsent for as long as the budget says', async () => {
    const { tasks, requests } = gateway([CREATED], {
      budget: { take: async () => ({ waitMs: 4_200 }), pauseUntil: async () => undefined },
    });

    expect(await tasks.createTask(REQUEST, DEADLINE_MS)).toMatchObject({ outcome: 'unsent', retryAfterMs: 4_200 });
    expect(requests).toHaveLength(0);
  });

  test('a budget that cannot be read leaves the call unsent', async () => {
    const { tasks, requests } = gateway([CREATED], {
      budget: { take: () => Promise.reject(new Error('table away')), pauseUntil: async () => undefined },
    });

    expect(await tasks.createTask(REQUEST, DEADLINE_MS)).toMatchObject({ outcome: 'unsent' });
    expect(requests).toHaveLength(0);
  });

  test('a 429 stays throttled although the pause could not be written', async () => {
    const { tasks } = gateway([reply(429)], {
      budget: { take: async () => 'granted', pauseUntil: () => Promise.reject(new Error('table away')) },
    });

    expect(await tasks.createTask(REQUEST, DEADLINE_MS)).toMatchObject({ outcome: 'throttled', retryAfterMs: 60_000 });
  });

  test('the cause tells no number, token or body', async () => {
    const { tasks } = gateway([
      reply(400, {
        message: 'Invalid destination +14155550132 for Bearer eyJhbGciOiJIUzI1NiJ9eyJhbGciOiJIUzI1NiJ9eyJ',
      }),
    ]);

    const answer = await tasks.createTask(REQUEST, DEADLINE_MS);

    expect(answer).toHaveProperty('words', 'Invalid destination +1415*****32 for Bearer …');
  });
});

describe('the deadline', () => {
  test('keeps a request from leaving after it', async () => {
    const { tasks, requests } = gateway([CREATED]);

    expect(await tasks.createTask(REQUEST, NOW_MS)).toMatchObject({ outcome: 'unsent' });
    expect(requests).toHaveLength(0);
  });

  test('cuts the time of a request that would go beyond it', async () => {
    const { tasks, requests } = gateway([CREATED]);

    await tasks.createTask(REQUEST, NOW_MS + 4_000);

    expect(requests[0]?.timeoutMs).toBe(4_000);
  });

  test('leaves a request at most 10 s', async () => {
    const { tasks, requests } = gateway([CREATED]);

    await tasks.createTask(REQUEST, DEADLINE_MS);

    expect(requests[0]?.timeoutMs).toBe(10_000);
  });

  test('keeps the repeat after a 401 from leaving when the new token came too late', async () => {
    const built = gateway([reply(401), CREATED], {
      tokens: {
        current: async () => 'token-1',
        replace: async () => {
          built.advance(31_000);
          return 'token-2';
        },
      },
    });

    expect(await built.tasks.createTask(REQUEST, DEADLINE_MS)).toMatchObject({ outcome: 'unsent' });
    expect(built.requests).toHaveLength(1);
  });
});

describe('a look-up', () => {
  const nothing = reply(200, { data: { taskDetails: { tasks: [] } } });

  test('looks for its mark to the end, and without one as far as a task could be its own', async () => {
    const { tasks, body } = gateway([nothing, nothing]);
    const lookup = { attemptId: 'a', number: '+14155550132', fromMs: NOW_MS, toMs: NOW_MS + 9_000 };

    await tasks.findTask({
      ...lookup,
      unmarked: { fromMs: NOW_MS + 2_000, toMs: NOW_MS + 5_000, type: 'CALLBACK' },
    });

    expect([body(0), body(1)]).toMatchObject([
      { variables: { value: 'a', from: NOW_MS, to: NOW_MS + 9_000 } },
      { variables: { digits: '14155550132', from: NOW_MS + 2_000, to: NOW_MS + 5_000 } },
    ]);
  });
});

describe('the circuit breaker', () => {
  test('opens after five failures in a row and leaves calls unsent', async () => {
    const { tasks, requests } = gateway([reply(500), broken('unknown'), reply(503), reply(500), reply(500), CREATED]);
    for (let n = 0; n < 5; n += 1) await tasks.createTask(REQUEST, DEADLINE_MS);

    expect(await tasks.createTask(REQUEST, DEADLINE_MS)).toMatchObject({ outcome: 'unsent', retryAfterMs: 10_000 });
    expect(requests).toHaveLength(5);
  });

  test('stays closed while Webex answers on purpose in between', async () => {
    const { tasks, requests } = gateway([
      reply(500),
      reply(500),
      reply(500),
      reply(500),
      reply(400),
      reply(500),
      reply(429),
      CREATED,
    ]);

    for (let n = 0; n < 8; n += 1) await tasks.createTask(REQUEST, DEADLINE_MS);

    expect(requests).toHaveLength(8);
  });

  test('of the tasks does not stop a search', async () => {
    const { tasks } = gateway([
      reply(500),
      reply(500),
      reply(500),
      reply(500),
      reply(500),
      reply(200, { data: { taskDetails: { tasks: [] } } }),
    ]);
    for (let n = 0; n < 5; n += 1) await tasks.createTask(REQUEST, DEADLINE_MS);

    const span = { fromMs: NOW_MS, toMs: NOW_MS + 1 };
    const lookup = { attemptId: 'a', taskId: 't', number: '+14155550132', ...span };

    expect(await tasks.findTask({ ...lookup, unmarked: { ...span, type: 'CALLBACK' } })).toBeUndefined();
  });
});
