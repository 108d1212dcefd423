import { describe, expect, it } from 'vitest';
import { narrow, passes } from '../../../../../../infra/local/webex/search/filter.ts';

const record = {
  id: 't1',
  status: 'ended',
  isActive: false,
  endedTime: 200,
  origin: '+14155550100',
  customer: { phoneNumber: '+14155550132', name: null },
  callbackData: { callbackNumber: '+14155550132' },
  globalVariables: { key: 'attempt-1' },
};

describe('passes', () => {
  it.each([
    [{ id: { equals: 't1' } }, true],
    [{ id: { notequals: 't1' } }, false],
    [{ isActive: { equals: false } }, true],
    [{ endedTime: { gt: 199, lte: 200 } }, true],
    [{ endedTime: { lt: 200 } }, false],
    [{ origin: { contains: '5550' } }, true],
    [{ origin: { match: '+1415555.+' } }, true],
    [{ origin: { match: '[' } }, false],
    [{ customer: { phoneNumber: { equals: '+14155550132' } } }, true],
    [{ customer: { equals: { phoneNumber: '+14155550132' } } }, true],
    [{ callbackData: { equals: { callbackNumber: '+1' } } }, false],
    [{ lastTeam: { id: { equals: 'x' } } }, false],
    [{ and: [{ id: { equals: 't1' } }, { status: { equals: 'created' } }] }, false],
    [{ or: [{ id: { equals: 'x' } }, { and: [{ status: { equals: 'ended' } }] }] }, true],
    [{ or: [] }, false],
    [{ stringGlobalVariables: { name: { equals: 'key' }, value: { equals: 'attempt-1' } } }, true],
    [{ stringGlobalVariables: { name: { equals: 'other' }, value: { equals: 'attempt-1' } } }, false],
    [{}, true],
  ])('%j is %s', (filter, expected) => {
    expect(passes(filter, record)).toBe(expected);
  });
});

describe('narrow', () => {
  it('finds the id inside and', () => {
    expect(narrow({ and: [{ status: { equals: 'ended' } }, { id: { equals: 't1' } }] })).toEqual({ id: 't1' });
  });

  it('finds the variable', () => {
    const filter = { stringGlobalVariables: { name: { equals: 'key' }, value: { equals: 'v' } } };

    expect(narrow(filter)).toEqual({ variable: { name: 'key', value: 'v' } });
  });

  it('never narrows by one side of or', () => {
    expect(narrow({ or: [{ id: { equals: 't1' } }, { id: { equals: 't2' } }] })).toEqual({});
  });
});
