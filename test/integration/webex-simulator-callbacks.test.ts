import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, ORGANIZATION_ID, startTestSimulator, START_MS, type TestSimulator } from '../support/webex-simulator.ts';

const AGENT_ID = '123e4567-e89b-12d3-a456-426614174001';

let webex: TestSimulator;
beforeEach(async () => {
  webex = await startTestSimulator();
});
afterEach(() => webex.stop());

const change = (settings: object) => webex.control('PATCH', '/_settings', settings);

describe('scheduled callbacks', () => {
  const base = `/v1/callbacks/organization/${ORGANIZATION_ID}/scheduled-callback`;
  const order = (changes: Readonly<Record<string, unknown>> = {}) => ({
    customerName: 'Ada Lovelace',
    callbackNumber: '+14155550132',
    timezone: 'America/New_York',
    scheduleDate: '2026-11-20',
    startTime: '09:00:00',
    endTime: '10:00:00',
    queueId: 'queue-1',
    ...changes,
  });
  const create = (changes = {}) => webex.call('POST', base, { body: order(changes) });

  it('are created, read, changed and deleted', async () => {
    const created = await create();
    const id = String(at(created.json, 'id'));
    webex.clock.timeMs += 1_000;

    const changed = await webex.call('PUT', `${base}/${id}`, {
      body: { ...order({ startTime: '11:00:00', endTime: '12:00:00' }), id },
    });
    const read = await webex.call('GET', `${base}/${id}`);
    const removed = await webex.call('DELETE', `${base}/${id}`);
    const gone = await webex.call('GET', `${base}/${id}`);

    expect([created.status, changed.status, read.status, removed.status, gone.status]).toEqual([
      201, 200, 200, 204, 404,
    ]);
    expect(read.json).toMatchObject({
      id,
      startTime: '11:00:00',
      createdTimestamp: START_MS,
      lastUpdatedTimestamp: START_MS + 1_000,
      callbackOrigin: 'api',
    });
  });

  it.each([
    [{ startTime: '07:29:59', endTime: '08:30:00' }, 'at least 30 minutes in the future'],
    [{ endTime: '09:29:59' }, 'at least 30 minutes after startTime'],
    [{ endTime: '17:00:01' }, 'not be more than 8 hours'],
    [{ startTime: '23:00:00', endTime: '01:00:00' }, 'at least 30 minutes after startTime'],
    [{ scheduleDate: '2026-12-22' }, 'within 31 days'],
    [{ scheduleDate: '2026-11-19' }, 'within 31 days'],
    [{ scheduleDate: '2026-11-31' }, 'scheduleDate: must be a date'],
    [{ timezone: 'America/Gotham' }, 'timezone: must be an IANA time zone'],
    [{ callbackNumber: '+1234567890123456' }, 'callbackNumber: must be 7 to 15'],
    [{ callbackNumber: '555-CALL' }, 'callbackNumber: must be 7 to 15'],
    [{ customerName: 'x'.repeat(251) }, 'customerName: must be at most 250'],
    [{ startTime: '9:00' }, 'startTime: must be a time'],
    [{ assigneeAgent: 'sam@example.com' }, 'assigneeAgent: must be a UUID'],
    [{ queueId: undefined }, 'queueId: is required'],
  ])('refuse %j', async (changes, sentence) => {
    const reply = await create(changes);

    expect(reply.status).toBe(400);
    expect(reply.text).toContain(sentence);
  });

  it.each([{ startTime: '07:30:00', endTime: '08:00:00' }, { endTime: '17:00:00' }, { scheduleDate: '2026-12-21' }])(
    'take the limit itself: %j',
    async (changes) => {
      expect((await create(changes)).status).toBe(201);
    },
  );

  it('need the id in the body of a change', async () => {
    const id = String(at((await create()).json, 'id'));

    const without = await webex.call('PUT', `${base}/${id}`, { body: order() });
    const another = await webex.call('PUT', `${base}/${id}`, { body: { ...order(), id: AGENT_ID } });

    expect([without.status, another.status]).toEqual([400, 400]);
  });

  it('are listed by exact number or by agent, in pages', async () => {
    for (const hour of ['11', '09', '10'])
      await create({ startTime: `${hour}:00:00`, endTime: `${hour}:30:00`, assigneeAgent: AGENT_ID });
    await create({ callbackNumber: '+1 415 555 0132' });
    const query = `callbackNumber=${encodeURIComponent('+14155550132')}&pageSize=2`;

    const first = await webex.call('GET', `${base}?${query}`);
    const second = await webex.call('GET', `${base}?${query}&page=1`);
    const byAgent = await webex.call('GET', `${base}?assigneeAgent=${AGENT_ID}&sortBy=assignedTime&sortOrder=desc`);

    expect(at(first.json, 'meta')).toMatchObject({ page: 0, pageSize: 2, totalPages: 2, totalRecords: 3 });
    expect(at(first.json, 'meta', 'links', 'next')).toContain('page=1');
    expect([at(first.json, 'data', 0, 'startTime'), at(second.json, 'data', 0, 'startTime')]).toEqual([
      '09:00:00',
      '11:00:00',
    ]);
    expect(at(byAgent.json, 'meta', 'totalRecords')).toBe(3);
  });

  it.each([
    '',
    '?callbackNumber=1',
    '?assigneeAgent=sam',
    `?callbackNumber=4155550132&pageSize=101`,
    '?callbackNumber=4155550132&sortBy=assignedTime',
  ])('refuse to list %j', async (query) => {
    expect((await webex.call('GET', `${base}${query}`)).status).toBe(400);
  });

  it('vanish when their time comes, and a task is placed', async () => {
    const id = String(at((await create()).json, 'id'));
    webex.clock.timeMs = Date.UTC(2026, 10, 20, 14);

    const replies = [
      await webex.call('GET', `${base}/${id}`),
      await webex.call('PUT', `${base}/${id}`, { body: { ...order(), id } }),
      await webex.call('DELETE', `${base}/${id}`),
    ];
    const placed = await webex.control('GET', '/_tasks');

    expect(replies.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(placed.json).toMatchObject([
      { scheduledCallbackId: id, number: '+14155550132', outboundType: 'SCHEDULED_CALLBACK' },
    ]);
  });

  it('are refused without a default entry point, with an unknown queue, and for another organization', async () => {
    await change({ queues: [{ id: 'queue-1' }] });
    const unknownQueue = await create({ queueId: 'queue-2' });
    await change({ scheduledCallbacksConfigured: false });
    const unconfigured = await create();
    const elsewhere = await webex.call('POST', base.replace(ORGANIZATION_ID, AGENT_ID), { body: order() });

    expect([unknownQueue.status, unconfigured.status, elsewhere.status]).toEqual([400, 400, 403]);
  });
});

describe('waits and agents', () => {
  it('answer the estimated wait in ms, and 204 for an unknown queue as for too few samples', async () => {
    await change({
      queues: [
        { id: 'q1', estimatedWaitMs: 20_349.12 },
        { id: 'q2', estimatedWaitMs: null },
      ],
    });

    const replies = await Promise.all(
      ['q1', 'q2', 'q3'].map((id) => webex.call('GET', `/v1/ewt?queueId=${id}&lookbackMinutes=15`)),
    );

    expect(replies.map(({ status }) => status)).toEqual([200, 204, 204]);
    expect(replies[0]?.json).toEqual({ estimatedWaitTime: 20_349.12 });
  });

  it.each([
    'lookbackMinutes=15',
    'queueId=q1',
    'queueId=q1&lookbackMinutes=4',
    'queueId=q1&lookbackMinutes=241',
    'queueId=q1&lookbackMinutes=15&maxCV=101',
  ])('answer 400 to /v1/ewt?%s', async (query) => {
    expect((await webex.call('GET', `/v1/ewt?${query}`)).status).toBe(400);
  });

  it('list the current activity of agents who are logged in', async () => {
    await change({
      agents: [
        { id: AGENT_ID, state: 'available' },
        { id: ORGANIZATION_ID, state: 'logged-out' },
      ],
    });

    const reply = await webex.call(
      'GET',
      `/v1/agents/activities?from=${START_MS - 3_600_000}&agentIds=${AGENT_ID},${ORGANIZATION_ID}`,
    );

    expect(at(reply.json, 'data')).toMatchObject([
      { agentId: AGENT_ID, active: true, currentState: 'available', endTime: -1 },
    ]);
  });

  it.each(['', `from=${START_MS - 86_400_000}`, `from=${START_MS - 1}&pageSize=1001`, `from=${START_MS - 1}&page=100`])(
    'answer 400 to /v1/agents/activities?%s',
    async (query) => {
      expect((await webex.call('GET', `/v1/agents/activities?${query}`)).status).toBe(400);
    },
  );
});
