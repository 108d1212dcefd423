import type { Change } from '../../../src/calls/lifecycle.ts';
import type { CallStore } from '../../../src/calls/ports.ts';
import type { OutcomeReport } from '../../../src/calls/record-outcome.ts';
import type { Decision, DialFacts } from '../../../src/policy/types.ts';
import type { CallRow } from '../model/ledger.ts';
import type { Ports } from '../model/ports.ts';
import type { RuleName } from './violations.ts';
import type { FunctionName, World } from './world.ts';

/** A deliberate bug, made from outside: it changes what a use case is given, never the use case. */
export interface Mutant {
  readonly name: string;
  /** The rules that it breaks; which of them finds it first depends on the histories. */
  readonly breaks: readonly RuleName[];
  bite?(ports: Ports, world: World, where: FunctionName): Ports;
  decide?(decide: (facts: DialFacts) => Decision, where: 'request' | 'dispatch'): (facts: DialFacts) => Decision;
  /** What a webhook is taken to tell. */
  misread?(report: OutcomeReport, world: World): OutcomeReport;
}

type Bite = NonNullable<Mutant['bite']>;

/** In one function alone. */
export const biteIn =
  (name: FunctionName, bite: (ports: Ports, world: World) => Ports): Bite =>
  (ports, world, where) =>
    where === name ? bite(ports, world) : ports;

export const withCalls = (ports: Ports, changed: Partial<CallStore>): Ports => ({
  ...ports,
  calls: { ...ports.calls, ...changed },
});

/** Writes over whatever is there; the version goes on, so that only what comes of it can give it away. */
export const overwrite = (world: World, row: CallRow, change: Change): void =>
  world.ledger.write(row, { ...change, call: { ...change.call, version: row.call.version + 1 } });
