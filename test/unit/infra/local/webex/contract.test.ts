import { describe, expect, it } from 'vitest';
import { contractFaults, type Exchange, matchOperation } from '../../../../../infra/local/webex/contract.ts';
import { callbackTask } from '../../../../support/webex-simulator.ts';

const created = JSON.stringify({
  meta: { orgId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' },
  data: { id: '768d1102-8c11-4850-a809-d7a99cc1c22e' },
});
const exchange = (changes: Partial<Exchange> = {}): Exchange => ({
  method: 'POST',
  url: new URL('http://webex.example/v1/tasks'),
  requestHeaders: { 'content-type': 'application/json' },
  requestBody: JSON.stringify(callbackTask()),
  status: 201,
  responseBody: created,
  ...changes,
});

describe('contractFaults', () => {
  it('finds nothing in an exchange that fits', () => {
    expect(contractFaults(exchange())).toEqual([]);
  });

  it.each<[string, Partial<Exchange>, string]>([
    [
      'a member that is not documented',
      { requestBody: JSON.stringify(callbackTask({ note: 1 })) },
      'Unrecognized key: "note"',
    ],
    ['a body that is no JSON', { requestBody: '{' }, 'createTask request: body'],
    [
      'the wrong content type',
      { requestHeaders: { 'content-type': 'text/plain' } },
      'content-type must be application/json',
    ],
    [
      'TrackingId where it is not documented',
      { requestHeaders: { 'content-type': 'application/json', trackingid: 'x' } },
      'sends TrackingId',
    ],
    [
      'a query where none is taken',
      { url: new URL('http://webex.example/v1/tasks?orgId=1') },
      'takes no query, got orgId',
    ],
    ['an unknown status', { status: 202 }, 'is a status that the contract does not name'],
    ['an answer of another shape', { responseBody: '{"data":{}}' }, 'createTask answer 201: meta'],
    ['a body on a 429', { status: 429, responseBody: 'slow down' }, 'must have no body'],
    ['another operation', { url: new URL('http://webex.example/v1/other') }, 'is no operation of the contract'],
  ])('tells %s', (_what, changes, sentence) => {
    expect(contractFaults(exchange(changes)).join(' ')).toContain(sentence);
  });
});

describe('matchOperation', () => {
  it('finds the operation behind an address', () => {
    const match = matchOperation('GET', '/v3/campaign-management/dncList/corporate/phoneNumber/%2B14155550132');

    expect(match?.route.name).toBe('dncGet');
    expect(match?.params).toEqual({ dncListName: 'corporate', phoneNumber: '+14155550132' });
  });
});
