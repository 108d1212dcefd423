import { describe, expect, test } from 'vitest';
import { agentState, estimatedWaitMs } from '../../../../src/adapters/webex/agents.ts';
import { WebexContactLists } from '../../../../src/adapters/webex/contact-lists.ts';
import { listTasks } from '../../../../src/adapters/webex/tasks.ts';
import { NOW_MS, ORG_ID, type Reply, reply, stub } from './support/stub.ts';

describe('the estimated wait', () => {
  test('is what Webex says, in milliseconds', async () => {
    const { client, requests } = stub([reply(200, { estimatedWaitTime: 20_349.12 })]);

    expect(await estimatedWaitMs(client, 'queue', 1_000)).toBe(20_349.12);
    expect(Object.fromEntries(requests[0]?.url.searchParams ?? [])).toEqual({
      queueId: 'queue',
      lookbackMinutes: '240',
      orgId: ORG_ID,
    });
    expect(requests[0]?.headers['trackingid']).toMatch(/^RINGBACK_/);
  });

  test('is not known where Webex answers 204', async () => {
    expect(await estimatedWaitMs(stub([reply(204)]).client, 'queue', 15)).toBeUndefined();
  });
});

describe("an agent's state", () => {
  const activity = (over: object) => ({
    agentId: 'a',
    active: false,
    currentState: 'idle',
    startTime: NOW_MS,
    ...over,
  });

  test('is the newest activity in progress', async () => {
    const answer = reply(200, {
      meta: {},
      data: [
        activity({ active: true, startTime: NOW_MS - 9 }),
        activity({ active: true, currentState: 'available', startTime: NOW_MS - 5 }),
        activity({ currentState: 'connected' }),
      ],
    });

    expect(await agentState(stub([answer]).client, 'a')).toMatchObject({ currentState: 'available' });
  });

  test('is not known where nothing is in progress', async () => {
    expect(await agentState(stub([reply(200, { data: [activity({})] })]).client, 'a')).toBeUndefined();
  });

  test('is looked for in less than 24 hours', async () => {
    const { client, requests } = stub([reply(200, { data: [] })]);

    await agentState(client, 'a');

    const query = requests[0]?.url.searchParams;
    expect(Number(query?.get('to')) - Number(query?.get('from'))).toBeLessThan(86_400_000);
  });
});

describe('contact lists', () => {
  const lists = (...replies: Reply[]) => {
    const built = stub(replies);
    return { ...built, lists: new WebexContactLists(built.client, 'CCV_1') };
  };

  test('are created for voice, active at once', async () => {
    const { lists: webex, body } = lists(reply(201, { outcome: 'Success', statusCode: 0, contactListId: '501' }));

    expect(await webex.create()).toBe('501');
    expect(body(0)).toEqual({ supportedChannels: ['Voice'], activationTimeLagMinutes: 0 });
  });

  test.each<[string, Reply]>([
    [
      'a failure with 201',
      reply(201, { outcome: 'Failure', statusCode: 400, error: { code: 'InvalidRequest', message: 'no campaign' } }),
    ],
    ['a status code that is not 0', reply(201, { statusCode: 7 })],
  ])('are not created where Webex tells %s', async (_name, answer) => {
    await expect(lists(answer).lists.create()).rejects.toMatchObject({ code: 'rejected', processed: 'no' });
  });

  test('are not taken for created without an id', async () => {
    await expect(lists(reply(201, { outcome: 'Success', statusCode: 0 })).lists.create()).rejects.toMatchObject({
      processed: 'yes',
    });
  });

  test('take contacts as field and value', async () => {
    const { lists: webex, body, requests } = lists(reply(202, { outcome: 'Queued', statusCode: 0 }));

    await webex.add('501', [{ Phone: '+14155550132', Name: 'Ada' }]);

    expect(requests[0]?.url.pathname).toBe('/v3/campaign-management/campaigns/CCV_1/contact-list/501/contacts');
    expect(body(0)).toEqual({
      contacts: [
        {
          contactAttributes: [
            { fieldName: 'Phone', value: '+14155550132' },
            { fieldName: 'Name', value: 'Ada' },
          ],
        },
      ],
    });
  });

  test('take at most 10 contacts a request', async () => {
    const { lists: webex, requests } = lists(reply(202, { outcome: 'Queued' }));

    await expect(
      webex.add(
        '501',
        Array.from({ length: 11 }, () => ({ a: 'b' })),
      ),
    ).rejects.toMatchObject({ field: 'contacts' });
    expect(requests).toHaveLength(0);
  });

  test('tell contacts that Webex did not queue although it answered 202', async () => {
    const { lists: webex } = lists(reply(202, { outcome: 'Failed', statusCode: 3, summary: 'list expired' }));

    await expect(webex.add('501', [{ a: 'b' }])).rejects.toMatchObject({
      code: 'rejected',
      words: 'list expired',
      webexCode: '3',
    });
  });

  test('close a contact by its number, URL-encoded', async () => {
    const { lists: webex, requests, body } = lists(reply(202, { outcome: 'Queued', statusCode: 0 }));

    await webex.close('501', '+14155550132');

    expect(requests[0]?.url.pathname).toContain('/contacts/%2B14155550132');
    expect(body(0)).toEqual({ contactStatus: 'CLOSED' });
  });

  test('never leave their place in the path', async () => {
    await expect(lists(reply(202)).lists.close('501', '..')).rejects.toThrow('path part');
  });

  test('are expired', async () => {
    const { lists: webex, body } = lists(reply(200, { outcome: 'Success', statusCode: 0 }));

    await webex.expire('501');

    expect(body(0)).toEqual({ contactListStatus: 'EXPIRED' });
  });

  test('are listed with their counts, under either documented name', async () => {
    const { lists: webex } = lists(
      reply(200, {
        outcome: 'Success',
        contactLists: [
          { contactListId: '501', contactListStatus: 'Active', contactListRecordCount: 4 },
          { contactListId: '502', contactListRecordProcessed: 5 },
        ],
      }),
    );

    expect(await webex.list('Active')).toEqual([
      { contactListId: '501', status: 'Active', recordCount: 4 },
      { contactListId: '502', status: undefined, recordCount: 5 },
    ]);
  });
});

test('tasks are listed in a window, for telephony only', async () => {
  const { client, requests } = stub([
    reply(200, {
      meta: { orgId: ORG_ID },
      data: [{ id: 't', attributes: { status: 'created', createdTime: NOW_MS } }],
    }),
  ]);

  expect(await listTasks(client, { fromMs: NOW_MS - 1, toMs: NOW_MS })).toMatchObject({
    orgId: ORG_ID,
    tasks: [{ id: 't' }],
  });
  expect(requests[0]?.url.search).toBe(
    `?from=${NOW_MS - 1}&to=${NOW_MS}&pageSize=1000&channelTypes=telephony&orgId=${ORG_ID}`,
  );
});
