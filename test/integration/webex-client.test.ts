import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { contractFaults } from '../../infra/local/webex/contract.ts';
import { startWebexSimulator, type WebexSimulator } from '../../infra/local/webex/simulator.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { agentState, estimatedWaitMs } from '../../src/adapters/webex/agents.ts';
import { createWebexClient, type WebexClient } from '../../src/adapters/webex/client.ts';
import { WebexContactLists } from '../../src/adapters/webex/contact-lists.ts';
import { WebexDnc } from '../../src/adapters/webex/dnc-list.ts';
import { WebexScheduledCallbacks } from '../../src/adapters/webex/scheduled-callbacks.ts';
import { WebexTaskGateway } from '../../src/adapters/webex/task-gateway.ts';
import { listTasks } from '../../src/adapters/webex/tasks.ts';
import { WebexTokenEndpoint } from '../../src/adapters/webex/token-endpoint.ts';
import { WebexTokenTester } from '../../src/adapters/webex/token-tester.ts';
import { createHttpTransport, type HttpTransport } from '../../src/adapters/webex/transport.ts';
import type { CallbackOrder } from '../../src/calls/order-gateway.ts';
import type { TaskLookup, TaskRequest } from '../../src/calls/task-gateway.ts';
import { RefreshTokenDeadError } from '../../src/tokens/errors.ts';

const ORG_ID = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
const AGENT_ID = '1c7c1f3e-0a0e-4c7e-9d35-54ad3b7f9a11';
const QUEUE_ID = '123e4567-e89b-12d3-a456-426614174000';
const CLIENT = { id: 'client', secret: 'client-secret' };
const REQUEST: TaskRequest = {
  attemptId: 'attempt-1',
  kind: 'callback',
  type: 'CALLBACK',
  destination: '+14155550132',
  entryPointId: '510d198d-7aa7-4b75-a5ff-e61759f4f313',
  attributes: { reason: 'invoice' },
};
const clock = createSystemClock();
const quiet = { exchanged: () => undefined, refusedAfterRefresh: () => undefined };

let simulator: WebexSimulator;
let folder: string;
let accessToken: string;
let refreshes: number;
/** What does not fit the simulator's own contract of each operation, in any exchange of a test. */
let contractProblems: string[];

/** The real transport, with every answered exchange checked. */
const checked = (): HttpTransport => {
  const transport = createHttpTransport();
  return async (request) => {
    const answer = await transport(request);
    contractProblems.push(
      ...contractFaults({
        method: request.method,
        url: request.url,
        requestHeaders: request.headers,
        ...(request.body === undefined ? {} : { requestBody: request.body }),
        status: answer.status,
        responseBody: answer.body,
      }),
    );
    return answer;
  };
};

function connect(over: { timeoutMs?: number; transport?: HttpTransport } = {}): WebexClient {
  const tokens = {
    current: async () => accessToken,
    replace: async () => {
      refreshes += 1;
      accessToken = simulator.issueTokens().accessToken;
      return accessToken;
    },
  };
  return createWebexClient({
    baseUrl: simulator.url.href,
    orgId: ORG_ID,
    tokens,
    clock,
    observer: quiet,
    lane: 'callbacks',
    transport: checked(),
    resilience: { retryDelayMs: 5 },
    ...over,
  });
}

const gateway = (over?: Parameters<typeof connect>[0]): WebexTaskGateway =>
  new WebexTaskGateway(connect(over), 'ringback_attempt');
const deadline = (): number => Date.now() + 5_000;

async function order(path: string, method: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(new URL(path, simulator.url), {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`);
  return answer.status === 204 ? undefined : answer.json();
}
const fault = (operation: string, effect: object, remaining = 1): Promise<unknown> =>
  order('/_faults', 'PUT', { rules: [{ operation, effect, remaining }] });
const tasks = async (): Promise<readonly unknown[]> => (await order('/_tasks', 'GET')) as readonly unknown[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-webex-'));
  simulator = await startWebexSimulator({
    port: 0,
    dataDir: folder,
    organizationId: ORG_ID,
    client: CLIENT,
    requestsPerMinute: 10_000,
    settings: {
      dncLists: ['corporate'],
      queues: [{ id: QUEUE_ID, estimatedWaitMs: 20_349.12 }],
      agents: [{ id: AGENT_ID }],
      campaigns: [
        {
          id: 'CCV_1',
          fields: [{ fieldName: 'Phone', type: 'Phone', required: true, role: 'phone' }],
          processAfterMs: 0,
        },
      ],
    },
  });
});
afterAll(async () => {
  await simulator.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  ({ accessToken } = simulator.issueTokens());
  refreshes = 0;
  contractProblems = [];
});
afterEach(async () => {
  const problems = contractProblems;
  await order('/_faults', 'DELETE');
  await order('/_state', 'DELETE');
  if (problems.length > 0) throw new Error(`Exchanges that do not fit the contract: ${problems.join('; ')}`);
});

/** Of a task that was created in this minute. */
function lookup(over: Partial<TaskLookup> = {}): TaskLookup {
  const span = { fromMs: Date.now() - 60_000, toMs: Date.now() + 1_000 };
  return {
    attemptId: 'attempt-1',
    number: REQUEST.destination,
    ...span,
    unmarked: { ...span, type: 'CALLBACK' },
    ...over,
  };
}

describe('a task', () => {
  test('stands in Webex with number, entry point and attributes when it is placed', async () => {
    const answer = await gateway().createTask(REQUEST, deadline());

    expect(answer).toMatchObject({ outcome: 'placed' });
    expect(await tasks()).toMatchObject([
      {
        body: {
          destination: '+14155550132',
          entryPointId: REQUEST.entryPointId,
          attributes: { reason: 'invoice', ringback_attempt: 'attempt-1' },
        },
      },
    ]);
  });

  test('of the type EXECUTE_FLOW stands with its origin', async () => {
    expect(
      await gateway().createTask({ ...REQUEST, type: 'EXECUTE_FLOW', origin: '+14155550100' }, deadline()),
    ).toMatchObject({ outcome: 'placed' });
  });

  test('is placed once by a fresh token when the first one has expired', async () => {
    await fault('createTask', { tokenExpired: true });

    expect(await gateway().createTask(REQUEST, deadline())).toMatchObject({ outcome: 'placed' });
    expect(refreshes).toBe(1);
    expect(await tasks()).toHaveLength(1);
  });

  test.each<[string, object, number]>([
    ['Webex hangs after it created the task', { timeoutAfterProcessing: true }, 1],
    ['the connection drops after the task was created', { dropAfter: true }, 1],
    ['the connection drops before', { dropBefore: true }, 0],
    ['Webex answers 500 after it created the task', { status: 500, afterProcessing: true }, 1],
    ['Webex answers 503 without creating it', { status: 503 }, 0],
  ])('is uncertain where %s, and one lookup tells whether it stands', async (_name, effect, standing) => {
    await fault('createTask', effect);
    const webex = gateway({ timeoutMs: 300, transport: createHttpTransport() });

    expect(await webex.createTask(REQUEST, deadline())).toMatchObject({ outcome: 'uncertain' });

    expect(await webex.findTask(lookup())).toEqual(
      standing === 0 ? undefined : expect.objectContaining({ attemptId: 'attempt-1' }),
    );
    expect(await tasks()).toHaveLength(standing);
  });

  test('is throttled for as long as Webex says', async () => {
    await fault('createTask', { status: 429, headers: { 'retry-after': '3' } });

    expect(await gateway({ transport: createHttpTransport() }).createTask(REQUEST, deadline())).toMatchObject({
      outcome: 'throttled',
      retryAfterMs: 3_000,
    });
  });

  test('is rejected with the words of Webex', async () => {
    simulator.changeSettings({ outdialAnis: ['+14155550199'] });

    const answer = await gateway().createTask({ ...REQUEST, origin: '+14155550100' }, deadline());

    simulator.changeSettings({ outdialAnis: [] });
    expect(answer).toMatchObject({
      outcome: 'rejected',
      status: 400,
      words: expect.stringMatching(/origin/i) as string,
    });
  });

  test('is unsent where nobody listens', async () => {
    const webex = new WebexTaskGateway(
      createWebexClient({
        baseUrl: 'http://127.0.0.1:9',
        orgId: ORG_ID,
        tokens: { current: async () => 't', replace: async () => 't' },
        clock,
        observer: quiet,
        lane: 'callbacks',
      }),
      'ringback_attempt',
    );

    expect(await webex.createTask(REQUEST, deadline())).toMatchObject({ outcome: 'unsent' });
  });
});

describe('a lookup', () => {
  test('finds a task by its id', async () => {
    const placed = await gateway().createTask(REQUEST, deadline());
    if (placed.outcome !== 'placed') throw new Error('the task was not placed');

    expect(await gateway().findTask(lookup({ taskId: placed.taskId }))).toMatchObject({
      taskId: placed.taskId,
      attemptId: 'attempt-1',
      outcome: 'pending',
    });
    expect(await gateway().findTask(lookup({ taskId: '768d1102-8c11-4850-a809-d7a99cc1c22e' }))).toBeUndefined();
  });

  test('finds a task by number where the variable is not configured in Webex', async () => {
    simulator.changeSettings({ globalVariables: [] });
    await gateway().createTask(REQUEST, deadline());

    const sighting = await gateway().findTask(lookup());

    simulator.changeSettings({ globalVariables: ['ringback_attempt'] });
    expect(sighting).toMatchObject({ outcome: 'pending' });
    expect(sighting).not.toHaveProperty('attemptId');
  });

  test("takes no other attempt's task of the same number", async () => {
    await gateway().createTask({ ...REQUEST, attemptId: 'attempt-0' }, deadline());

    expect(await gateway().findTask(lookup())).toBeUndefined();
  });

  test('finds nothing while Search lags, and the task afterwards', async () => {
    await gateway().createTask(REQUEST, deadline());
    await fault('search', { searchLagSeconds: 60 }, 2);

    expect(await gateway().findTask(lookup())).toBeUndefined();
    expect(await gateway().findTask(lookup())).toMatchObject({ attemptId: 'attempt-1' });
  });

  test('goes through all pages', async () => {
    simulator.changeSettings({ searchPageSize: 1, globalVariables: [] });
    await gateway().createTask({ ...REQUEST, attemptId: 'a' }, deadline());
    await gateway().createTask({ ...REQUEST, attemptId: 'b' }, deadline());

    const sighting = await gateway().findTask(lookup());

    simulator.changeSettings({ searchPageSize: 250, globalVariables: ['ringback_attempt'] });
    expect(sighting).toBeDefined();
  });

  test('throws where Search cannot be read', async () => {
    await fault('search', { status: 500 }, 3);

    await expect(gateway({ transport: createHttpTransport() }).findTask(lookup())).rejects.toMatchObject({
      code: 'server-error',
    });
  });

  test('sees how a call ended', async () => {
    const placed = await gateway().createTask(REQUEST, deadline());
    if (placed.outcome !== 'placed') throw new Error('the task was not placed');
    const seen: Record<string, unknown> = {};
    for (const outcome of ['connected', 'unanswered', 'busy', 'abandoned']) {
      const next = await gateway().createTask({ ...REQUEST, attemptId: outcome }, deadline());
      if (next.outcome !== 'placed') throw new Error('the task was not placed');
      await order(`/_tasks/${next.taskId}`, 'PUT', { status: 'ended', outcome });
      seen[outcome] = (await gateway().findTask(lookup({ taskId: next.taskId })))?.outcome;
    }

    expect(seen).toEqual({
      connected: 'connected',
      unanswered: 'unanswered',
      busy: 'unanswered',
      abandoned: 'abandoned',
    });
  });
});

test('tasks are listed', async () => {
  await gateway().createTask(REQUEST, deadline());

  const listed = await listTasks(connect(), { fromMs: Date.now() - 60_000 });

  expect(listed).toMatchObject({ orgId: ORG_ID, tasks: [{ attributes: { status: expect.any(String) as string } }] });
});

describe('a DNC list', () => {
  test('is looked up, added to and removed from', async () => {
    const dnc = new WebexDnc(connect(), 'corporate');

    expect(await dnc.lookUp('+14155550132')).toBe('clear');
    await dnc.add('+14155550132', { source: 'ringback', reason: 'asked on the phone' });
    await dnc.add('+14155550132', { source: 'ringback', reason: 'asked again' });
    expect(await dnc.lookUp('+14155550132')).toBe('listed');
    await dnc.remove('+14155550132');
    await dnc.remove('+14155550132');
    expect(await dnc.lookUp('+14155550132')).toBe('clear');
  });

  test('that is not there is unreadable', async () => {
    expect(await new WebexDnc(connect(), 'Corporate').lookUp('+14155550132')).toBe('unreadable');
  });
});

test('a scheduled callback is ordered, found, moved and removed', async () => {
  const callbacks = new WebexScheduledCallbacks(connect());
  const startMs = Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth(), new Date().getUTCDate() + 2, 15);
  const ordered: CallbackOrder = {
    number: '+14155550132',
    customerName: 'Ada Lovelace',
    queueId: QUEUE_ID,
    fromMs: startMs,
    toMs: startMs + 3_600_000,
    timeZone: 'America/New_York',
  };

  const id = await callbacks.create(ordered);
  const found = await callbacks.find(ordered);
  const moved = { ...ordered, fromMs: startMs + 3_600_000, toMs: startMs + 7_200_000 };
  await callbacks.update(id, moved);

  expect(found?.id).toBe(id);
  expect(await callbacks.find(ordered)).toBeUndefined();
  expect(await callbacks.find(moved)).toMatchObject({ id });
  expect(await callbacks.get(id)).toMatchObject({ id });
  expect(await callbacks.remove(id)).toBe(true);
  expect(await callbacks.remove(id)).toBe(false);
});

test('the estimated wait is read, and missing where Webex does not know it', async () => {
  expect(await estimatedWaitMs(connect(), QUEUE_ID, 15)).toBe(20_349.12);
  expect(await estimatedWaitMs(connect(), 'queue-9', 15)).toBeUndefined();
});

test("an agent's state is read", async () => {
  expect(await agentState(connect(), AGENT_ID)).toMatchObject({ active: true, currentState: 'available' });
  expect(await agentState(connect(), '2c7c1f3e-0a0e-4c7e-9d35-54ad3b7f9a11')).toBeUndefined();
});

test('a contact list is created, filled, listed, a contact closed, and the list expired', async () => {
  const lists = new WebexContactLists(connect(), 'CCV_1');

  const id = await lists.create();
  await lists.add(id, [{ Phone: '+14155550132' }]);

  await expect.poll(() => lists.list('Active')).toMatchObject([{ contactListId: id, recordCount: 1 }]);
  await lists.close(id, '+14155550132');
  await lists.expire(id);
  expect(await lists.list('Active')).toEqual([]);
});

describe('tokens', () => {
  const endpoint = (): WebexTokenEndpoint =>
    new WebexTokenEndpoint(new URL('/v1/access_token', simulator.url).href, checked());
  const credentials = (refreshToken: string) => ({ clientId: CLIENT.id, clientSecret: CLIENT.secret, refreshToken });

  test('are refreshed, and the new one passes its test', async () => {
    const grant = await endpoint().refresh(credentials(simulator.issueTokens().refreshToken));
    const tester = new WebexTokenTester({
      baseUrl: simulator.url.href,
      orgId: ORG_ID,
      observer: quiet,
      clock,
      transport: checked(),
    });

    expect(grant.expiresInSeconds).toBeGreaterThan(0);
    expect(await tester.test(grant.accessToken)).toBe('taken');
    await expect(tester.test('no-token')).rejects.toMatchObject({ code: 'pending-token-refused' });
  });

  test('are told dead where Webex does not know the refresh token', async () => {
    await expect(endpoint().refresh(credentials('unknown'))).rejects.toBeInstanceOf(RefreshTokenDeadError);
  });

  test('are told refused for a wrong client secret', async () => {
    await expect(
      endpoint().refresh({ ...credentials(simulator.issueTokens().refreshToken), clientSecret: 'wrong' }),
    ).rejects.toMatchObject({
      code: 'token-request-refused',
      oauthError: 'invalid_client',
    });
  });
});
