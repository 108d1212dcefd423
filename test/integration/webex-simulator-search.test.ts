import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  at,
  callbackTask,
  ORGANIZATION_ID,
  startTestSimulator,
  START_MS,
  type TestSimulator,
} from '../support/webex-simulator.ts';

const NUMBER = '+14155550132';

let webex: TestSimulator;
beforeEach(async () => {
  webex = await startTestSimulator();
});
afterEach(() => webex.stop());

const change = (settings: object) => webex.control('PATCH', '/_settings', settings);
const createTask = async (changes = {}) =>
  String(at((await webex.call('POST', '/v1/tasks', { body: callbackTask(changes) })).json, 'data', 'id'));

describe('POST /search', () => {
  const search = (query: string, variables: object = {}, headers: Readonly<Record<string, string>> = {}) =>
    webex.call('POST', `/search?orgId=${ORGANIZATION_ID}`, {
      headers,
      body: { query, variables: { from: START_MS - 60_000, to: START_MS + 3_600_000, ...variables } },
    });
  const where = (filter: string, variables = '') =>
    `query Q($from: Long!, $to: Long!${variables}) { taskDetails(from: $from, to: $to, filter: ${filter}) { tasks { id } pageInfo { hasNextPage endCursor } } }`;
  const ids = (json: unknown) =>
    (at(json, 'data', 'taskDetails', 'tasks') as readonly { id: string }[]).map(({ id }) => id);

  it('finds a task by its id, with the fields and aliases that were selected', async () => {
    const id = await createTask();
    await createTask();
    webex.clock.timeMs += 60_000;

    const reply = await search(
      `query Q($from: Long!, $to: Long!, $id: String!) { taskDetails(from: $from, to: $to, filter: { id: { equals: $id } }) {
        tasks { id status isActive at: createdTime(sort: asc) terminationReason key: stringGlobalVariables(name: "ringback_attempt") { name value } } } }`,
      { id },
      { TrackingId: 'trace-2' },
    );

    expect(at(reply.json, 'data', 'taskDetails', 'tasks')).toEqual([
      {
        id,
        status: 'ended',
        isActive: false,
        at: START_MS,
        terminationReason: 'Customer Left',
        key: { name: 'ringback_attempt', value: 'attempt-1' },
      },
    ]);
    expect(reply.headers.get('trackingid')).toBe('trace-2');
  });

  it('finds a task by a String global variable, and by no attribute that is none', async () => {
    const id = await createTask({ attributes: { ringback_attempt: 'attempt-9', topic: 'billing' } });
    const byVariable = where(
      '{ and: [{ channelType: { equals: telephony } } { stringGlobalVariables: { name: { equals: $name } value: { equals: $value } } }] }',
      ', $name: String!, $value: String!',
    );

    const byKey = await search(byVariable, { name: 'ringback_attempt', value: 'attempt-9' });
    const byAttribute = await search(byVariable, { name: 'topic', value: 'billing' });

    expect([ids(byKey.json), ids(byAttribute.json)]).toEqual([[id], []]);
  });

  it.each([
    '{ destination: { equals: $number } }',
    '{ customer: { phoneNumber: { equals: $number } } }',
    '{ callbackData: { callbackNumber: { equals: $number } } }',
    '{ callbackData: { equals: { callbackNumber: $number } } }',
    '{ or: [{ origin: { equals: $number } }, { destination: { equals: $number } }] }',
  ])('finds a task by its number with %s', async (filter) => {
    const id = await createTask({ destination: NUMBER });
    await createTask({ destination: '+14155550199' });

    expect(ids((await search(where(filter, ', $number: String!'), { number: NUMBER })).json)).toEqual([id]);
  });

  it('has the number only in the fields that the settings name', async () => {
    await change({ customerNumberFields: ['origin'] });
    await createTask({ destination: NUMBER });

    const inOrigin = await search(where('{ origin: { equals: $number } }', ', $number: String!'), { number: NUMBER });
    const inDestination = await search(where('{ destination: { equals: $number } }', ', $number: String!'), {
      number: NUMBER,
    });

    expect([ids(inOrigin.json).length, ids(inDestination.json).length]).toEqual([1, 0]);
  });

  it('answers an empty list when the times are in seconds', async () => {
    await createTask();

    const reply = await search(
      'query Q($from: Long!, $to: Long!) { taskDetails(from: $from, to: $to) { tasks { id } } }',
      {
        from: Math.floor(START_MS / 1_000) - 60,
        to: Math.floor(START_MS / 1_000) + 60,
      },
    );

    expect([reply.status, ids(reply.json)]).toEqual([200, []]);
  });

  it('takes Longs as text', async () => {
    const id = await createTask();

    expect(ids((await search(where('{}'), { from: String(START_MS), to: String(START_MS) })).json)).toEqual([id]);
  });

  it.each([
    ['a query without from and to', '{ taskDetails { tasks { id } } }'],
    [
      'an unknown field',
      'query Q($from: Long!, $to: Long!) { taskDetails(from: $from, to: $to) { tasks { queue { id } } } }',
    ],
    ['an unknown filter', where('{ attributes: { equals: "x" } }')],
    ['a missing variable', where('{ id: { equals: $id } }', ', $id: String!')],
    ['introspection', '{ __schema { types { name } } }'],
    ['broken GraphQL', 'query {'],
    ['a channel type in quotes', where('{ channelType: { equals: "telephony" } }')],
    ['more than 365 days', '{ taskDetails(from: 1, to: 1900000000000) { tasks { id } } }'],
  ])('answers 400 in the documented shape to %s', async (_what, query) => {
    const reply = await search(query);

    expect(reply.status).toBe(400);
    expect(at(reply.json, 'error', 'message', 0, 'description')).toEqual(expect.any(String));
  });

  it('pages by cursor with its fixed size, newest first where asked', async () => {
    await change({ searchPageSize: 2 });
    const created: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      created.push(await createTask());
      webex.clock.timeMs += 1_000;
    }
    const query = `query Q($from: Long!, $to: Long!, $cursor: String!) { taskDetails(from: $from, to: $to, pagination: { cursor: $cursor }) {
      tasks { id createdTime(sort: desc) } pageInfo { hasNextPage endCursor } } }`;

    const first = await search(query, { cursor: 'NA' });
    const second = await search(query, { cursor: at(first.json, 'data', 'taskDetails', 'pageInfo', 'endCursor') });

    expect([...ids(first.json), ...ids(second.json)]).toEqual(created.toReversed());
    expect(at(second.json, 'data', 'taskDetails', 'pageInfo', 'hasNextPage')).toBe(false);
  });

  it('lags by order: a task, and its end, show only after the lag', async () => {
    const rule = { operation: 'search', effect: { searchLagSeconds: 30 } };
    await webex.control('PUT', '/_faults', { rules: [rule] });
    await createTask();
    const query = 'query Q($from: Long!, $to: Long!) { taskDetails(from: $from, to: $to) { tasks { id status } } }';

    const statuses: unknown[] = [];
    for (const afterMs of [29_999, 1, 7_000]) {
      webex.clock.timeMs += afterMs;
      statuses.push(at((await search(query)).json, 'data', 'taskDetails', 'tasks', 0, 'status'));
    }

    expect(statuses).toEqual([undefined, 'created', 'ended']);
  });

  it('never shows a task that was accepted and then failed', async () => {
    await change({ tasks: { outcome: 'failed' } });
    const id = await createTask();

    expect(ids((await search(where('{ id: { equals: $id } }', ', $id: String!'), { id })).json)).toEqual([]);
  });
});
