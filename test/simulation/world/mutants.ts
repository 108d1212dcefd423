import type { Change } from '../../../src/calls/lifecycle.ts';
import type { CallStore } from '../../../src/calls/ports.ts';
import type { Decision, DialFacts } from '../../../src/policy/types.ts';
import type { CallRow } from '../model/ledger.ts';
import type { Ports } from '../model/ports.ts';
import type { World } from './world.ts';

/** A deliberate bug, made from outside: it changes what a use case is given, never the use case. */
export interface Mutant {
  readonly name: string;
  bite(ports: Ports, world: World, where: string): Ports;
  decide?(decide: (facts: DialFacts) => Decision, where: 'request' | 'dispatch'): (facts: DialFacts) => Decision;
}

const withCommit = (ports: Ports, commit: CallStore['commit']): Ports => ({
  ...ports,
  calls: { ...ports.calls, commit },
});

/** Writes over whatever is there; the version goes on, so that only what comes of it can give it away. */
const overwrite = (world: World, row: CallRow, change: Change): void =>
  world.ledger.write(row, { ...change, call: { ...change.call, version: row.call.version + 1 } });

/** Two workers that read the same waiting call both believe that they have claimed it. */
const claimNotConditional: Mutant = {
  name: 'claim-not-conditional',
  bite: (ports, world, where) =>
    where === 'dispatch'
      ? withCommit(ports, async (change, attemptLog) => {
          const outcome = await ports.calls.commit(change, attemptLog);
          if (outcome !== 'conflict' || !change.attempt) return outcome;
          const row = world.ledger.rows.get(change.call.id);
          // What follows a stolen claim has to be let through as well, or the second worker stops at its mark.
          const stolen = change.attempt.from === undefined || change.attempt.next.status === 'sent';
          if (!row || !stolen) return outcome;
          overwrite(world, row, change);
          return 'committed';
        })
      : ports,
};

/** The verdict of the request is taken for good: nobody looks again when the call is due. */
const noRecheckAtDispatch: Mutant = {
  name: 'no-recheck-at-dispatch',
  bite: (ports) => ports,
  decide: (decide, where) =>
    where === 'request'
      ? decide
      : (facts) => ({
          verdict: 'allow',
          atMs: facts.atMs,
          zones: [],
          jurisdictions: [],
          findings: [],
          tableVersion: 'none',
          facts,
        }),
};

/** A 5xx is taken for "Webex did nothing". */
const serverErrorNotCreated: Mutant = {
  name: 'server-error-not-created',
  bite: (ports) => ({
    ...ports,
    tasks: {
      ...ports.tasks,
      createTask: async (request, deadlineMs) => {
        const answer = await ports.tasks.createTask(request, deadlineMs);
        const serverError = answer.outcome === 'uncertain' && answer.cause.startsWith('server-error');
        return serverError ? { outcome: 'unsent', cause: answer.cause, retryAfterMs: 1_000 } : answer;
      },
    },
  }),
};

/** Caps are compared with what was read, and counted whatever was counted since. */
const capsOutsideTransaction: Mutant = {
  name: 'caps-outside-transaction',
  bite: (ports, world) =>
    withCommit(ports, (change, attemptLog) =>
      ports.calls.commit(
        change,
        attemptLog && {
          ...attemptLog,
          // Read when the write takes effect, so the condition never fails.
          get version() {
            return world.ledger.attemptLog(change.call.number).version;
          },
        },
      ),
    ),
};

/** A person's cancelling is written even where a worker holds the call. */
const cancelIgnoresClaim: Mutant = {
  name: 'cancel-ignores-claim',
  bite: (ports, world, where) =>
    where === 'api'
      ? {
          ...ports,
          calls: {
            ...ports.calls,
            get: async (callId) => {
              const found = await ports.calls.get(callId);
              return found?.call.status === 'dialing' ? { call: { ...found.call, status: 'waiting' } } : found;
            },
            commit: async (change, attemptLog) => {
              const outcome = await ports.calls.commit(change, attemptLog);
              const row = world.ledger.rows.get(change.call.id);
              if (outcome !== 'conflict' || change.call.status !== 'cancelled' || row?.call.status !== 'dialing') {
                return outcome;
              }
              overwrite(world, row, change);
              return 'committed';
            },
          },
        }
      : ports,
};

/** Free places are read before the booking and not asked for in its transaction. */
const placesOutsideTransaction: Mutant = {
  name: 'places-outside-transaction',
  bite: (ports) => ({
    ...ports,
    calls: {
      ...ports.calls,
      accept: (call, decision, request, also) => {
        const booking = also?.booking && { ...also.booking, capacity: Number.POSITIVE_INFINITY };
        return ports.calls.accept(call, decision, request, { ...also, booking });
      },
    },
  }),
};

/** A call that ends gives its place back to nobody. */
const placeNotGivenBack: Mutant = {
  name: 'place-not-given-back',
  bite: (ports, world) =>
    withCommit(ports, (change, attemptLog) => {
      const slot = world.ledger.rows.get(change.call.id)?.call.slot;
      const { slots, ...rest } = change;
      const isEnd = slots?.giveBack !== undefined && slots.take === undefined && slot !== undefined;
      return ports.calls.commit(isEnd ? { ...rest, call: { ...change.call, slot } } : change, attemptLog);
    }),
};

export const mutants: readonly Mutant[] = [
  claimNotConditional,
  noRecheckAtDispatch,
  serverErrorNotCreated,
  capsOutsideTransaction,
  cancelIgnoresClaim,
  placesOutsideTransaction,
  placeNotGivenBack,
];
