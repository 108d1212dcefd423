import { notBefore } from './gate.ts';
import type { DialFacts, ListFact, RuleFinding } from './types.ts';
import { UNREADABLE_RETRY_MS, type Weighed } from './weighed.ts';

const INTERNAL = 'internal';
const REGISTRY = 'registry:';

/** Internal and Webex do-not-call lists. Nothing lifts them; national registries are weighed with the rule that names them. */
export function weighLists(facts: DialFacts): Weighed {
  const asked = facts.lists.filter(({ list }) => !list.startsWith(REGISTRY));
  const lists: readonly ListFact[] = asked.some(({ list }) => list === INTERNAL)
    ? asked
    : [{ list: INTERNAL, state: 'unreadable' }, ...asked];
  const idOf = ({ list }: ListFact): string => (list === INTERNAL ? 'internal-dnc' : `dnc:${list}`);
  return {
    findings: lists.map((fact) => findingOf(idOf(fact), fact)),
    denials: lists.filter(({ state }) => state === 'listed').map(idOf),
    gates: lists
      .filter(({ state }) => state === 'unreadable')
      .map((fact) => notBefore(idOf(fact), facts.atMs + UNREADABLE_RETRY_MS)),
    hours: [],
  };
}

function findingOf(id: string, { list, state }: ListFact): RuleFinding {
  const name = list === INTERNAL ? 'our own do-not-call list' : `the list ${list}`;
  const source = {
    citation: "Ringback's own default, at least as strict as 47 CFR 64.1200(d)",
    url: 'docs/policy.md#do-not-call-lists',
  };
  switch (state) {
    case 'listed':
      return { id, result: 'blocked', ...source, detail: `The number stands on ${name}, and nothing lifts that.` };
    case 'clear':
      return { id, result: 'passed', ...source, detail: `The number does not stand on ${name}.` };
    case 'unreadable':
      return { id, result: 'unreadable', ...source, detail: `Whether the number stands on ${name} could not be read.` };
  }
}
