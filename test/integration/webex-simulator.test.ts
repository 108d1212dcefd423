import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  at,
  callbackTask,
  CLIENT,
  ORGANIZATION_ID,
  startTestSimulator,
  START_MS,
  type TestSimulator,
} from '../support/webex-simulator.ts';

let webex: TestSimulator;
beforeEach(async () => {
  webex = await startTestSimulator();
});
afterEach(() => webex.stop());

const createTask = (changes = {}) => webex.call('POST', '/v1/tasks', { body: callbackTask(changes) });
const tasks = async (query = '') =>
  (await webex.control('GET', `/_tasks${query}`)).json as readonly Record<string, unknown>[];
const requests = async (query = '') =>
  (await webex.control('GET', `/_requests${query}`)).json as readonly Record<string, unknown>[];
const putFaults = (...rules: unknown[]) => webex.control('PUT', '/_faults', { rules });
const change = (settings: object) => webex.control('PATCH', '/_settings', settings);

describe('POST /v1/tasks', () => {
  it('answers 201 with the organization and the id, and lists the task with all that came', async () => {
    const body = callbackTask({ origin: '+14155550100', attributes: { ringback_attempt: 'a-1', topic: 'billing' } });

    const reply = await webex.call('POST', '/v1/tasks', { body });

    expect(reply.status).toBe(201);
    expect(await tasks()).toEqual([
      {
        index: 1,
        id: at(reply.json, 'data', 'id'),
        createdAtMs: START_MS,
        number: '+14155550132',
        entryPointId: body.entryPointId,
        outboundType: 'CALLBACK',
        origin: '+14155550100',
        attributes: { ringback_attempt: 'a-1', topic: 'billing' },
        bearerToken: webex.token,
        clientId: CLIENT.id,
        requestIndex: 1,
        scheduledCallbackId: null,
        status: 'created',
        outcome: null,
        connectedAtMs: null,
        endedAtMs: null,
        body,
      },
    ]);
  });

  it('answers 400 with a sentence and creates nothing when a limit is broken', async () => {
    const reply = await createTask({ attributes: { reason: '€'.repeat(342) } });

    expect(reply.status).toBe(400);
    expect(reply.json).toMatchObject({ errors: [{ message: 'attributes.reason: must be at most 1024 bytes.' }] });
    expect(await tasks()).toEqual([]);
  });

  it('answers 400 when the body is broken JSON or no JSON at all', async () => {
    const broken = await webex.call('POST', '/v1/tasks', { body: '{"destination":' });
    const form = await webex.call('POST', '/v1/tasks', { form: { destination: '+14155550132' } });

    expect([broken.status, form.status]).toEqual([400, 400]);
  });

  it('refuses an entry point of the wrong kind and an origin that is no configured ANI', async () => {
    await change({
      entryPoints: [
        { id: 'in', type: 'inbound' },
        { id: 'out', type: 'outbound' },
      ],
      outdialAnis: ['+14155550100'],
    });

    const wrongKind = await createTask({ entryPointId: 'in' });
    const unknown = await createTask({ entryPointId: 'elsewhere' });
    const wrongOrigin = await createTask({ entryPointId: 'out', origin: '+14155550101' });
    const right = await createTask({ entryPointId: 'out', origin: '+14155550100' });

    expect([wrongKind.status, unknown.status, wrongOrigin.status, right.status]).toEqual([400, 400, 400, 201]);
    expect(wrongOrigin.text).toContain('Invalid origin');
  });
});

describe('the bearer token', () => {
  it('is refused with 401 when it is missing, unknown or expired', async () => {
    await change({ accessTokenLifetimeSeconds: 60 });
    const { accessToken } = webex.simulator.issueTokens();
    const fresh = await webex.call('GET', `/v1/tasks?from=0`, { token: accessToken });
    webex.clock.timeMs += 60_000;

    const replies = await Promise.all(
      [null, 'nonsense', accessToken].map((token) => webex.call('POST', '/v1/tasks', { token, body: callbackTask() })),
    );

    expect(fresh.status).toBe(200);
    expect(replies.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(await tasks()).toEqual([]);
  });

  it('is refused with 403 when it lacks the scope or asks for another organization', async () => {
    const issued = await webex.control('POST', '/_tokens', { scope: 'cjp:config_read' });
    const token = String(at(issued.json, 'accessToken'));

    const withoutScope = await webex.call('POST', '/v1/tasks', { token, body: callbackTask() });
    const elsewhere = await webex.call('GET', '/v1/tasks?from=0&orgId=97cdbf45-ebe2-4687-8341-44d5c7abf101', { token });

    expect([withoutScope.status, elsewhere.status]).toEqual([403, 403]);
  });

  it('has the form secret, cluster, organization', () => {
    expect(webex.token).toMatch(new RegExp(`^[0-9a-f]+_[A-Z0-9]+_${ORGANIZATION_ID}$`));
  });
});

describe('the requests a minute', () => {
  it('are answered with an empty 429 and Retry-After beyond the limit, and nothing is processed', async () => {
    await change({ requestsPerMinute: 2 });
    await createTask();
    webex.clock.timeMs += 10_000;
    await createTask();

    const refused = await createTask();

    expect([refused.status, refused.text, refused.headers.get('retry-after')]).toEqual([429, '', '50']);
    expect(await tasks()).toHaveLength(2);
    expect(at(await requests(), 2, 'counted')).toBe(false);
  });

  it('are let through again after Retry-After', async () => {
    await change({ requestsPerMinute: 1 });
    await createTask();
    const refused = await createTask();
    webex.clock.timeMs += Number(refused.headers.get('retry-after')) * 1_000;

    expect((await createTask()).status).toBe(201);
  });
});

describe('GET /v1/tasks', () => {
  it('lists tasks by creation with their status, at most pageSize of them', async () => {
    for (const number of ['+14155550131', '+14155550132', '+14155550133']) {
      await createTask({ destination: number });
      webex.clock.timeMs += 10_000;
    }

    const reply = await webex.call('GET', `/v1/tasks?from=${START_MS}&channelTypes=telephony&pageSize=2`, {
      headers: { TrackingId: 'trace-1' },
    });

    expect(at(reply.json, 'data', 0, 'attributes')).toMatchObject({
      origin: '+14155550131',
      status: 'completed',
      createdTime: START_MS,
    });
    expect(at(reply.json, 'data', 'length')).toBe(2);
    expect(reply.headers.get('trackingid')).toBe('trace-1');
  });

  it.each(['', '?from=yesterday', '?from=0&pageSize=1001', '?from=0&channelTypes=fax'])(
    'answers 400 to %j',
    async (query) => {
      expect((await webex.call('GET', `/v1/tasks${query}`)).status).toBe(400);
    },
  );
});

describe('faults on order', () => {
  it('answer the ordered status as often as ordered, without creating the task', async () => {
    await putFaults({
      operation: 'createTask',
      effect: { status: 503, body: { errors: ['later'] }, headers: { 'retry-after': '2' } },
      remaining: 1,
    });

    const [first, second] = [await createTask(), await createTask()];

    expect([first.status, first.json, first.headers.get('retry-after'), second.status]).toEqual([
      503,
      { errors: ['later'] },
      '2',
      201,
    ]);
    expect(await tasks()).toHaveLength(1);
    expect(at(await requests(), 0)).toMatchObject({ fault: 'status', status: 503, processedStatus: null });
  });

  it('create the task and answer an error when that is ordered after processing', async () => {
    await putFaults({ operation: 'createTask', effect: { status: 500, body: { errors: [] }, afterProcessing: true } });

    const reply = await createTask();

    expect(reply.status).toBe(500);
    expect(await tasks()).toHaveLength(1);
  });

  it('create the task and never answer on timeoutAfterProcessing', async () => {
    await putFaults({ operation: 'createTask', effect: { timeoutAfterProcessing: true } });

    const outcome = await Promise.race([
      createTask().then(
        () => 'answered',
        () => 'failed',
      ),
      delay(150, 'silent'),
    ]);

    expect(outcome).toBe('silent');
    expect(await tasks()).toHaveLength(1);
    expect(at(await requests(), 0)).toMatchObject({
      fault: 'timeoutAfterProcessing',
      status: null,
      processedStatus: 201,
    });
  });

  it.each([
    ['dropBefore', 0],
    ['dropAfter', 1],
  ])('reset the connection on %s, with %i tasks created', async (effect, created) => {
    await putFaults({ operation: 'createTask', effect: { [effect]: true } });

    await expect(createTask()).rejects.toThrow();

    expect(await tasks()).toHaveLength(created);
  });

  it('delay the request of one number only', async () => {
    await putFaults({ operation: 'createTask', effect: { delayMs: 120 }, match: { number: '+14155550199' } });
    const startedMs = performance.now();

    await createTask({ destination: '+14155550198' });
    const usualMs = performance.now() - startedMs;
    await createTask({ destination: '+14155550199' });

    expect(usualMs).toBeLessThan(100);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(119);
  });

  it('kill the token in use, so that only a refresh helps', async () => {
    await putFaults({ operation: 'createTask', effect: { tokenExpired: true }, remaining: 1 });
    const first = await createTask();
    const second = await createTask();

    const refreshed = await webex.call('POST', '/v1/access_token', {
      token: null,
      form: {
        grant_type: 'refresh_token',
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        refresh_token: webex.refreshToken,
      },
    });
    const third = await webex.call('POST', '/v1/tasks', {
      token: String(at(refreshed.json, 'access_token')),
      body: callbackTask(),
    });

    expect([first.status, second.status, third.status]).toEqual([401, 401, 201]);
  });

  it('are refused with the place when they are not understood, and the rules before stay', async () => {
    await putFaults({ operation: 'search', effect: { dropBefore: true } });

    const refused = await putFaults({ operation: 'search', effect: { drop: true } });

    expect(refused.status).toBe(400);
    expect(at(refused.json, 'error')).toContain('rules.0.effect');
    expect(at((await webex.control('GET', '/_faults')).json, 'rules', 'length')).toBe(1);
  });

  it('tell what is left of them, and are gone after DELETE', async () => {
    await putFaults({ operation: 'createTask', effect: { status: 503, body: { errors: [] } }, remaining: 3 });
    await createTask();

    const standing = await webex.control('GET', '/_faults');
    await webex.control('DELETE', '/_faults');

    expect(at(standing.json, 'rules', 0)).toMatchObject({ id: 'rule-1', remaining: 2, fired: 1 });
    expect((await createTask()).status).toBe(201);
  });
});

describe('what the simulator tells about itself', () => {
  it('lists requests with their whole body, from an index on', async () => {
    await createTask({ destination: '+14155550131' });
    await webex.control('GET', '/v1/nothing');
    await createTask({ destination: '+14155550132' });

    const later = await requests('?since=1');

    expect(later.map((entry) => [entry['index'], entry['operation'], entry['status']])).toEqual([
      [2, null, 404],
      [3, 'createTask', 201],
    ]);
    expect(at(later, 1, 'body', 'destination')).toBe('+14155550132');
    expect(at(later, 1, 'headers')).not.toHaveProperty('authorization');
  });

  it('pages long lists with a Link header, and filters tasks by number', async () => {
    for (const digit of [1, 2, 3]) await createTask({ destination: `+1415555013${digit}` });

    const page = await webex.control('GET', '/_tasks?limit=2');
    const tail = await tasks('?tail=2');
    const one = await tasks(`?number=${encodeURIComponent('+14155550132')}`);

    expect(page.headers.get('link')).toBe('</_tasks?limit=2&since=2>; rel="next"');
    expect(tail.map((task) => task['index'])).toEqual([2, 3]);
    expect(one.map((task) => task['index'])).toEqual([2]);
  });

  it('is empty after DELETE /_state, while the tokens still work', async () => {
    await createTask();
    await webex.control('DELETE', '/_state');

    const reply = await createTask();

    expect(reply.status).toBe(201);
    expect((await tasks()).map((task) => task['index'])).toEqual([2]);
  });

  it('moves a task on by order', async () => {
    const id = String(at((await createTask()).json, 'data', 'id'));

    const reply = await webex.control('PUT', `/_tasks/${id}`, { status: 'ended', outcome: 'busy' });

    expect(reply.json).toMatchObject({ status: 'ended', outcome: 'busy', endedAtMs: START_MS });
  });

  it('shows a page that loads nothing from elsewhere', async () => {
    const page = await webex.control('GET', '/');

    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.text).toContain('<html lang="en">');
    expect(page.text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  it('takes orders as JSON only, so that a web page elsewhere cannot give any', async () => {
    const reply = await fetch(new URL('/_tokens/revoke', webex.simulator.url), {
      method: 'POST',
      body: '{"kind":"access"}',
    });

    expect(reply.status).toBe(400);
    expect((await createTask()).status).toBe(201);
  });
});
