import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, startTestSimulator, START_MS, type TestSimulator } from '../support/webex-simulator.ts';

const NUMBER = '+14155550132';

let webex: TestSimulator;
beforeEach(async () => {
  webex = await startTestSimulator();
});
afterEach(() => webex.stop());

const change = (settings: object) => webex.control('PATCH', '/_settings', settings);

describe('the DNC operations', () => {
  const list = '/v3/campaign-management/dncList/ringback-dnc/phoneNumber';
  const entry = { phoneNumber: NUMBER, source: 'customer-request', reason: 'asked on the phone' };
  const address = (number = NUMBER, base = list) => `${base}/${encodeURIComponent(number)}`;

  it('add, find and remove a number', async () => {
    const added = await webex.call('POST', list, { body: entry });
    const found = await webex.call('GET', address());
    const removed = await webex.call('DELETE', address());
    const gone = await webex.call('GET', address());

    expect([added.status, found.status, removed.status, gone.status]).toEqual([201, 200, 204, 404]);
    expect(found.json).toMatchObject({ ...entry, addedDate: new Date(START_MS).toISOString() });
  });

  it('answer 409 when the number is listed already', async () => {
    await webex.call('POST', list, { body: entry });

    expect((await webex.call('POST', list, { body: entry })).status).toBe(409);
  });

  it('answer a missing list just as a missing number', async () => {
    const missingList = await webex.call('GET', address(NUMBER, list.replace('ringback-dnc', 'Ringback-DNC')));
    const missingNumber = await webex.call('GET', address());

    expect([missingList.status, missingNumber.status]).toEqual([404, 404]);
    expect(Object.keys(Object(missingList.json))).toEqual(Object.keys(Object(missingNumber.json)));
    expect((await webex.call('POST', list.replace('ringback-dnc', 'other'), { body: entry })).status).toBe(404);
  });

  it.each([
    { phoneNumber: '4155550132', source: 's' },
    { phoneNumber: NUMBER },
    { phoneNumber: NUMBER, source: '' },
    { phoneNumber: NUMBER, source: 's'.repeat(101) },
    { phoneNumber: NUMBER, source: 's', reason: 'r'.repeat(501) },
  ])('refuse %j with 400', async (body) => {
    expect((await webex.call('POST', list, { body })).status).toBe(400);
  });

  it('refuse a number that is not E.164 and a list name with other signs', async () => {
    const number = await webex.call('GET', address('4155550132'));
    const name = await webex.call('GET', address(NUMBER, list.replace('ringback-dnc', 'a.b')));

    expect([number.status, name.status]).toEqual([400, 400]);
  });

  it('do not exist in a region without the API', async () => {
    await change({ region: 'in1' });

    expect((await webex.call('POST', list, { body: entry })).status).toBe(404);
  });
});

describe('contact lists', () => {
  const campaign = '/v3/campaign-management/campaigns/camp-1';
  const fields = [
    { fieldName: 'Phone', type: 'Phone', required: true, role: 'phone' },
    { fieldName: 'CustomerId', type: 'String', role: 'customerId' },
  ];
  const contact = (phone: string, id: string) => ({
    contactAttributes: [
      { fieldName: 'Phone', value: phone },
      { fieldName: 'CustomerId', value: id },
    ],
  });
  const createList = () =>
    webex.call('POST', `${campaign}/contact-list`, {
      body: { supportedChannels: ['Voice'], activationTimeLagMinutes: 0 },
    });
  const lists = (query = '') => webex.call('GET', `${campaign}/contact-lists${query}`);

  beforeEach(async () => {
    await change({ campaigns: [{ id: 'camp-1', fields, processAfterMs: 2_000 }] });
  });

  it('count contacts only once they are processed, INVALID ones among them', async () => {
    const id = String(at((await createList()).json, 'contactListId'));
    const added = await webex.call('POST', `${campaign}/contact-list/${id}/contacts`, {
      body: { contacts: [contact('+14155550132', 'c1'), contact('none', 'c2')] },
    });

    const before = await lists();
    webex.clock.timeMs += 2_000;
    const after = await lists();
    const kept = await webex.control('GET', `/_contact-lists/${id}/contacts`);

    expect([added.status, at(added.json, 'outcome')]).toEqual([202, 'Queued']);
    expect([before, after].map(({ json }) => at(json, 'contactLists', 0, 'contactListRecordCount'))).toEqual([0, 2]);
    expect(kept.json).toMatchObject([
      { phone: '+14155550132', invalid: null },
      { customerId: 'c2', invalid: 'Phone is no Phone' },
    ]);
  });

  it('close a contact by number or customer id', async () => {
    const id = String(at((await createList()).json, 'contactListId'));
    await webex.call('POST', `${campaign}/contact-list/${id}/contacts`, {
      body: { contacts: [contact('+14155550132', 'c1'), contact('+14155550133', 'c2')] },
    });

    const reply = await webex.call('PATCH', `${campaign}/contact-list/${id}/contacts/c1`, {
      body: { contactStatus: 'CLOSED' },
    });
    const kept = await webex.control('GET', `/_contact-lists/${id}/contacts`);

    expect(reply.status).toBe(202);
    expect(kept.json).toMatchObject([{ closedAtMs: START_MS }, { closedAtMs: null }]);
  });

  it('take no contacts once they are expired, and say so in the body of a 2xx', async () => {
    const id = String(at((await createList()).json, 'contactListId'));
    await webex.call('PATCH', `${campaign}/contact-list/${id}/status`, { body: { contactListStatus: 'expired' } });

    const reply = await webex.call('POST', `${campaign}/contact-list/${id}/contacts`, {
      body: { contacts: [contact(NUMBER, 'c1')] },
    });

    expect([reply.status, at(reply.json, 'outcome')]).toEqual([202, 'Failed']);
    expect(at((await lists('?status=Active')).json, 'contactLists')).toEqual([]);
    expect(at((await lists('?status=Expired&source=API')).json, 'contactLists', 'length')).toBe(1);
  });

  it.each([
    { supportedChannels: ['Fax'], activationTimeLagMinutes: 0 },
    { supportedChannels: ['Voice'] },
    { activationTimeLagMinutes: 0 },
    { supportedChannels: ['Voice'], activationDateTime: '2026-13-40T99:00' },
  ])('are not created from %j', async (body) => {
    expect((await webex.call('POST', `${campaign}/contact-list`, { body })).status).toBe(400);
  });

  it('refuse more than ten contacts, an unknown list and an unknown campaign', async () => {
    const id = String(at((await createList()).json, 'contactListId'));
    const eleven = {
      contacts: Array.from({ length: 11 }, (_, index) => contact(`+1415555013${index % 10}`, `c${index}`)),
    };

    const tooMany = await webex.call('POST', `${campaign}/contact-list/${id}/contacts`, { body: eleven });
    const unknownList = await webex.call('POST', `${campaign}/contact-list/999/contacts`, {
      body: { contacts: [contact(NUMBER, 'c1')] },
    });
    const unknownCampaign = await webex.call('GET', `${campaign.replace('camp-1', 'camp-2')}/contact-lists`);

    expect([tooMany.status, unknownList.status, unknownCampaign.status]).toEqual([400, 400, 400]);
  });
});
