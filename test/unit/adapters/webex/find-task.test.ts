import { describe, expect, test } from 'vitest';
import { WebexTaskGateway } from '../../../../src/adapters/webex/task-gateway.ts';
import { broken, NOW_MS, type Reply, reply, stub } from './support/stub.ts';

const SPAN = { fromMs: NOW_MS - 60_000, toMs: NOW_MS };
const LOOKUP = {
  attemptId: 'attempt-1',
  number: '+14155550132',
  ...SPAN,
  unmarked: { ...SPAN, type: 'CALLBACK' },
} as const;

const task = (over: Record<string, unknown> = {}) => ({
  id: 'task-1',
  createdTime: NOW_MS - 30_000,
  isActive: true,
  status: 'parked',
  ...over,
});
const page = (tasks: unknown[], pageInfo: unknown = { hasNextPage: false, endCursor: null }): Reply =>
  reply(200, { data: { taskDetails: { tasks, pageInfo } } });

function gateway(replies: readonly Reply[]) {
  const built = stub(replies);
  return { ...built, tasks: new WebexTaskGateway(built.client, 'ringback_attempt') };
}

test('asks by task id alone where Webex gave one', async () => {
  const { tasks, requests, body } = gateway([page([task({ key: { name: 'ringback_attempt', value: 'attempt-1' } })])]);

  const sighting = await tasks.findTask({ ...LOOKUP, taskId: 'task-1' });

  expect(sighting).toEqual({
    taskId: 'task-1',
    createdAtMs: NOW_MS - 30_000,
    outcome: 'pending',
    attemptId: 'attempt-1',
  });
  expect(requests).toHaveLength(1);
  expect(requests[0]?.url.pathname).toBe('/search');
  expect(body(0)['variables']).toEqual({
    from: NOW_MS - 60_000,
    to: NOW_MS,
    key: 'ringback_attempt',
    cursor: 'NA',
    id: 'task-1',
  });
});

test('concludes absence from an empty answer', async () => {
  const { tasks, requests } = gateway([page([])]);

  expect(await tasks.findTask(LOOKUP)).toBeUndefined();
  expect(requests).toHaveLength(2);
});

test('finds the attempt by its variable before it asks by number', async () => {
  const { tasks, requests } = gateway([page([task({ key: [{ name: 'ringback_attempt', value: 'attempt-1' }] })])]);

  expect(await tasks.findTask(LOOKUP)).toMatchObject({ taskId: 'task-1', attemptId: 'attempt-1' });
  expect(requests).toHaveLength(1);
});

describe.each([
  ['origin', { origin: '+14155550132' }],
  ['destination, without the plus sign', { destination: '14155550132' }],
  ['the customer, as people write it', { customer: { phoneNumber: '+1 (415) 555-0132' } }],
  ['the callback data', { callbackData: { callbackNumber: '14155550132' } }],
])('a number in %s', (_name, fields) => {
  test('is found', async () => {
    const { tasks } = gateway([page([]), page([task(fields)])]);

    expect(await tasks.findTask(LOOKUP)).toMatchObject({ taskId: 'task-1' });
  });
});

test('takes no task of another number or another attempt, and the earliest of several', async () => {
  const { tasks } = gateway([
    page([]),
    page([
      task({ id: 'other-number', destination: '+14155550199' }),
      task({ id: 'other-attempt', destination: '+14155550132', key: { name: 'ringback_attempt', value: 'attempt-7' } }),
      task({ id: 'later', destination: '+14155550132', createdTime: NOW_MS - 10_000 }),
      task({ id: 'earlier', destination: '+14155550132', createdTime: NOW_MS - 20_000 }),
    ]),
  ]);

  expect(await tasks.findTask(LOOKUP)).toMatchObject({ taskId: 'earlier' });
});

describe('a call that the person made to the contact center', () => {
  const own = task({ origin: '+14155550132', direction: 'INBOUND', isCallback: false, isOutdial: false });

  test('is no callback of ours', async () => {
    const { tasks } = gateway([page([]), page([own])]);

    expect(await tasks.findTask(LOOKUP)).toBeUndefined();
  });

  test.each([
    ['of which Webex tells no kind', { direction: 'inbound' }, 'CALLBACK'],
    ['that is a callback', { direction: 'inbound', isCallback: true, isOutdial: false }, 'CALLBACK'],
    ['of a flow, which comes in by an inbound entry point too', own, 'EXECUTE_FLOW'],
  ] as const)('is not seen in a task %s', async (_what, fields, type) => {
    const { tasks } = gateway([page([]), page([task({ origin: '+14155550132', ...fields })])]);

    const found = await tasks.findTask({ ...LOOKUP, unmarked: { ...SPAN, type } });

    expect(found).toMatchObject({ taskId: 'task-1' });
  });
});

test('binds what it looks for as variables and never writes it into the query', async () => {
  const { tasks, requests, body } = gateway([page([])]);

  await tasks.findTask({ ...LOOKUP, attemptId: '"}}) { tasks { id } } #' });

  for (const index of requests.keys()) expect(body(index)['query']).not.toMatch(/415|#/);
  expect(body(0)['variables']).toMatchObject({ value: '"}}) { tasks { id } } #' });
});

test('follows the cursor over pages', async () => {
  const { tasks, body } = gateway([page([task({ id: 'x' })], { hasNextPage: true, endCursor: 'c2' }), page([task()])]);

  expect(await tasks.findTask({ ...LOOKUP, taskId: 'task-1' })).toMatchObject({ taskId: 'task-1' });
  expect(body(1)['variables']).toMatchObject({ cursor: 'c2' });
});

test('repeats a search that Webex failed to answer, at most twice', async () => {
  const { tasks, requests } = gateway([broken('unknown'), reply(503), page([task()])]);

  expect(await tasks.findTask({ ...LOOKUP, taskId: 'task-1' })).toMatchObject({ taskId: 'task-1' });
  expect(requests).toHaveLength(3);
  expect(new Set(requests.map((request) => request.headers['trackingid'])).size).toBe(1);
});

describe('throws, because absence is concluded from answers only,', () => {
  test.each<[string, Reply]>([
    ['when Webex keeps failing', reply(500)],
    [
      'when the answer holds GraphQL errors',
      reply(200, { errors: [{ message: 'FieldUndefined' }], data: { taskDetails: { tasks: [] } } }),
    ],
    ['when the answer holds no data', reply(200, { data: null })],
    ['when the answer is no JSON', reply(200, 'ok')],
    ['when pages never end', page([], { hasNextPage: true, endCursor: 'again' })],
    ['when a next page has no cursor', page([], { hasNextPage: true, endCursor: null })],
    [
      'when the search is refused',
      reply(400, { error: { key: '400', message: [{ description: 'ValidationError' }] } }),
    ],
    ['when it is throttled', reply(429)],
  ])('%s', async (_name, answer) => {
    const { tasks } = gateway([answer]);

    await expect(tasks.findTask(LOOKUP)).rejects.toMatchObject({ name: 'WebexError' });
  });
});

describe('the outcome', () => {
  const ended = { isActive: false, status: 'ended', endedTime: NOW_MS - 1_000 };
  test.each<[string, string, Record<string, unknown>]>([
    ['pending', 'it is parked', { isActive: true, status: 'parked' }],
    ['pending', 'nothing is said about its state', { isActive: null, status: null }],
    ['pending', 'it is still active although it has ended once', { isActive: true, status: 'ended' }],
    ['connected', 'people talk', { isActive: true, status: 'connected' }],
    ['connected', 'the callback succeeded', { ...ended, callbackData: { callbackStatus: 'Success' } }],
    ['connected', 'the callback was connected', { ...ended, callbackData: { callbackConnectTime: NOW_MS } }],
    ['connected', 'an agent handled it', { ...ended, lastAgent: { id: 'a' }, contactHandleType: 'normal' }],
    [
      'unanswered',
      'the callback was not processed',
      { ...ended, lastAgent: { id: 'a' }, callbackData: { callbackStatus: 'Not Processed' } },
    ],
    ['unanswered', 'the customer was busy', { ...ended, lastAgent: { id: 'a' }, terminationReason: 'Customer Busy' }],
    [
      'unanswered',
      'the customer was away, although Webex calls it abandoned',
      { ...ended, contactHandleType: 'abandoned', terminationReason: 'Customer Unavailable' },
    ],
    ['unanswered', 'it ended without an agent', ended],
    ['connected', 'the customer heard a flow out', { ...ended, terminationReason: 'Customer Left' }],
    [
      'unanswered',
      'the customer of a callback left',
      { ...ended, terminationReason: 'Customer Left', callbackData: { callbackStatus: null } },
    ],
    ['abandoned', 'the customer left before an agent came', { ...ended, contactHandleType: 'abandoned' }],
  ])('is %s where %s', async (outcome, _why, fields) => {
    const { tasks } = gateway([page([task(fields)])]);

    expect(await tasks.findTask({ ...LOOKUP, taskId: 'task-1' })).toMatchObject({ outcome });
  });
});
