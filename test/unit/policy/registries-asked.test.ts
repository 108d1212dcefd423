import { describe, expect, it } from 'vitest';
import { createPolicy } from '../../../src/policy/create-decide.ts';
import { basis, callbackFacts, clearFacts } from './facts.ts';

const NOON = '2026-11-24T20:00:00Z';
const { registriesAsked, decide } = createPolicy();

describe('registriesAsked', () => {
  it('asks no registry about a call that the person requested', () => {
    expect(registriesAsked(callbackFacts('+14155550132', NOON))).toEqual([]);
  });

  it('asks the registry of the country about a marketing call without a basis', () => {
    expect(registriesAsked(clearFacts('+14155550132', NOON))).toEqual(['registry:US']);
    expect(registriesAsked(clearFacts('+14165550132', NOON))).toEqual(['registry:CA']);
  });

  it('asks again when the request is older than the rule lets it count', () => {
    const facts = clearFacts('+14155550132', NOON, { purpose: 'requested', bases: [basis('request', NOON, 100)] });

    expect(registriesAsked(facts)).toEqual(['registry:US']);
  });

  it('asks nothing about a service call, and nothing where the operator left the rule out', () => {
    const without = createPolicy({ rules: [{ removes: 'us-dnc-registry', reason: 'our counsel keeps its own list' }] });

    expect(registriesAsked(clearFacts('+14155550132', NOON, { purpose: 'service' }))).toEqual([]);
    expect(without.registriesAsked(clearFacts('+14155550132', NOON))).toEqual([]);
  });

  it.each([
    clearFacts('+14155550132', NOON),
    clearFacts('+18005550132', NOON),
    clearFacts('+442079460958', NOON),
    callbackFacts('+13055550132', NOON),
    clearFacts('+14155550132', NOON, { bases: [basis('consent', NOON, 3)] }),
  ])('asks exactly the registries whose absence the verdict would hold against the call (%#)', (facts) => {
    const internalOnly = { ...facts, lists: facts.lists.filter(({ list }) => list === 'internal') };
    const missed = decide(internalOnly).findings.filter(
      ({ result, detail }) => result === 'unreadable' && detail.includes('registry:'),
    );

    expect(missed).toHaveLength(registriesAsked(facts).length);
  });
});
