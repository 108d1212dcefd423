import type { Basis, DialFacts } from '../../../src/policy/types.ts';

/** Facts in which nothing stands against the call, for a marketing outdial; change what a test is about. */
export const clearFacts = (number: string, at: string, change: Partial<DialFacts> = {}): DialFacts => {
  const atMs = Date.parse(at);
  return {
    number,
    atMs,
    kind: 'outdial',
    purpose: 'marketing',
    bases: [],
    lists: ['internal', 'registry:US', 'registry:CA', 'registry:GB', 'registry:AU'].map((list) => ({
      list,
      state: 'clear',
      asOfMs: atMs,
    })),
    attemptsMs: [],
    attemptsOfCall: 0,
    bans: [],
    ...change,
  };
};

/** A callback that the person asked for a minute before. */
export const callbackFacts = (number: string, at: string, change: Partial<DialFacts> = {}): DialFacts =>
  clearFacts(number, at, { kind: 'callback', purpose: 'requested', bases: [basis('request', at, 0)], ...change });

/** A basis that began some days before. */
export const basis = (type: Basis['type'], at: string, daysBefore: number, change: Partial<Basis> = {}): Basis => ({
  type,
  startMs: Date.parse(at) - daysBefore * 86_400_000,
  ...change,
});
