import { describe, expect, it } from 'vitest';
import { createContactListGateway } from '../../../../src/adapters/webex/contact-list-gateway.ts';
import { WebexContactLists } from '../../../../src/adapters/webex/contact-lists.ts';
import { broken, type Reply, reply, stub, tokens } from './support/stub.ts';

const contact = { Phone: '+14155550132' };
const gatewayOf = (replies: readonly Reply[], over: Parameters<typeof stub>[1] = {}) => {
  const stubbed = stub(replies, over);
  return { ...stubbed, gateway: createContactListGateway(new WebexContactLists(stubbed.client, 'spring')) };
};

describe('what is known after asking Webex to take contacts', () => {
  it.each<[string, Reply, object]>([
    ['a success', reply(202, { outcome: 'Queued', statusCode: 0 }), { outcome: 'done' }],
    [
      'a failure in a success',
      reply(202, { outcome: 'Failed', statusCode: 400, summary: 'gone' }),
      { outcome: 'refused', words: 'gone' },
    ],
    ['a 400', reply(400, { code: 'x', message: 'The campaign ID is invalid' }), { outcome: 'refused' }],
    ['a 404', reply(404, { message: 'no such list' }), { outcome: 'refused' }],
    ['a 429', reply(429, '', { 'retry-after': '7' }), { outcome: 'unsent', retryAfterMs: 7_000 }],
    ['a connection that was never made', broken('no'), { outcome: 'unsent' }],
    ['a connection that broke', broken('unknown'), { outcome: 'uncertain' }],
    ['a 500', reply(500, 'oops'), { outcome: 'uncertain' }],
    ['a 408', reply(408), { outcome: 'uncertain' }],
    ['a success that is no JSON', reply(202, '<html>'), { outcome: 'uncertain' }],
  ])('%s', async (_what, answer, known) => {
    const { gateway } = gatewayOf([answer]);

    expect(await gateway.add('17', [contact])).toMatchObject(known);
  });

  it('nothing was sent where the budget is used up, or there is no token', async () => {
    const noBudget = gatewayOf([], {
      budget: { take: async () => ({ waitMs: 700 }), pauseUntil: async () => undefined },
    });
    const noToken = gatewayOf([], { tokens: tokens('current') });

    expect(await noBudget.gateway.add('17', [contact])).toMatchObject({ outcome: 'unsent', retryAfterMs: 700 });
    expect(await noToken.gateway.add('17', [contact])).toMatchObject({ outcome: 'unsent', retryAfterMs: 30_000 });
    expect([...noBudget.requests, ...noToken.requests]).toEqual([]);
  });

  it('a token that Webex refuses again and again can be renewed, so it is asked again later', async () => {
    const { gateway } = gatewayOf([reply(401)]);

    expect(await gateway.add('17', [contact])).toMatchObject({ outcome: 'unsent', retryAfterMs: 30_000 });
  });

  it('a request that breaks a limit is refused here', async () => {
    const { gateway, requests } = gatewayOf([]);

    expect(
      await gateway.add(
        '17',
        Array.from({ length: 11 }, () => contact),
      ),
    ).toMatchObject({ outcome: 'refused' });
    expect(requests).toEqual([]);
  });
});

it('makes a list with its channels and its activation, on the lane of uploads', async () => {
  const lanes: string[] = [];
  const budget = {
    take: async (lane: string) => {
      lanes.push(lane);
      return 'granted' as const;
    },
    pauseUntil: async () => undefined,
  };
  const { gateway, body } = gatewayOf([reply(201, { outcome: 'Success', statusCode: 0, contactListId: '17' })], {
    budget,
  });

  const made = await gateway.create({ channels: ['Voice', 'SMS'], activationLagMinutes: 90 });

  expect(made).toEqual({ outcome: 'done', contactListId: '17' });
  expect(body(0)).toEqual({ supportedChannels: ['Voice', 'SMS'], activationTimeLagMinutes: 90 });
  expect(lanes).toEqual(['uploads']);
});

it('tells the count of the list that was asked for, and rejects where Webex cannot be asked', async () => {
  const lists = [
    { contactListId: '16', contactListStatus: 'Active', contactListRecordCount: 5 },
    { contactListId: '17', contactListStatus: 'Active', contactListRecordProcessed: 20 },
  ];
  const { gateway } = gatewayOf([reply(200, { outcome: 'Success', statusCode: 0, contactLists: lists }), reply(400)]);

  expect(await gateway.count('17')).toBe(20);
  await expect(gateway.count('17')).rejects.toMatchObject({ code: 'rejected' });
});
