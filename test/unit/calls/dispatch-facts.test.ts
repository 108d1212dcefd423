import { describe, expect, it, vi } from 'vitest';
import { DispatchFacts, type DispatchFactsDeps } from '../../../src/calls/dispatch-facts.ts';
import type { ListFact } from '../../../src/policy/types.ts';
import { SleepingClock, callOf, number } from '../suppression/support.ts';

const ledgerFacts = {
  lists: [{ list: 'internal', state: 'clear' }] as readonly ListFact[],
  attemptLog: { number, attemptsMs: [], version: 0 },
  bans: [],
};

function setUp(change: Partial<DispatchFactsDeps> = {}) {
  const onUnreadable = vi.fn();
  const facts = new DispatchFacts({
    ledger: { read: async () => ledgerFacts },
    webexLists: [],
    registries: {},
    registriesAsked: () => [],
    clock: new SleepingClock(),
    onUnreadable,
    ...change,
  });
  return { facts, onUnreadable };
}
const webexList = (name: string, state: ListFact['state']) => ({ name, lookUp: async () => state });

describe('DispatchFacts', () => {
  it('adds what each named list in Webex says to what the ledger says', async () => {
    const { facts, onUnreadable } = setUp({ webexLists: [webexList('one', 'clear'), webexList('two', 'listed')] });

    const read = await facts.read(number, 'dispatch', callOf());

    expect(read.lists).toEqual([
      { list: 'internal', state: 'clear' },
      { list: 'webex:one', state: 'clear' },
      { list: 'webex:two', state: 'listed' },
    ]);
    expect(onUnreadable).not.toHaveBeenCalled();
  });

  it('tells of a list in Webex that gave no answer, and passes it on as unreadable', async () => {
    const { facts, onUnreadable } = setUp({ webexLists: [webexList('one', 'unreadable')] });

    const read = await facts.read(number, 'dispatch', callOf());

    expect(read.lists).toContainEqual({ list: 'webex:one', state: 'unreadable' });
    expect(onUnreadable).toHaveBeenCalledWith(new Error('The list webex:one could not be read.'));
  });

  it('looks a number up in the registries that are asked about its call, and in no other', async () => {
    const us = vi.fn(async () => ({ list: 'registry:US', state: 'clear', asOfMs: 1 }) as const);
    const ca = vi.fn(async () => undefined);
    const { facts } = setUp({
      registries: { 'registry:US': us, 'registry:CA': ca },
      registriesAsked: ({ purpose }) => (purpose === 'marketing' ? ['registry:US', 'registry:GB'] : []),
    });

    const marketing = await facts.read(number, 'dispatch', callOf({ purpose: 'marketing' }));
    const requested = await facts.read(number, 'dispatch', callOf());

    expect(marketing.lists).toContainEqual({ list: 'registry:US', state: 'clear', asOfMs: 1 });
    expect(requested.lists).toEqual(ledgerFacts.lists);
    expect(us).toHaveBeenCalledExactlyOnceWith(number);
    expect(ca).not.toHaveBeenCalled();
  });

  it('says nothing of a registry that has nothing to say about a number', async () => {
    const { facts, onUnreadable } = setUp({
      registries: { 'registry:US': async () => undefined },
      registriesAsked: () => ['registry:US'],
    });

    const read = await facts.read(number, 'dispatch', callOf());

    expect(read.lists).toEqual(ledgerFacts.lists);
    expect(onUnreadable).not.toHaveBeenCalled();
  });
});
