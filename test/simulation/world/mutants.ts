import type { DialFactsReader } from '../../../src/calls/ports.ts';
import type { TaskAnswer, TaskRequest } from '../../../src/calls/task-gateway.ts';
import { parseCredentials } from '../../../src/tokens/credentials.ts';
import type { Ports } from '../model/ports.ts';
import { type Mutant, biteIn, overwrite, withCalls } from './mutant.ts';
import { orderMutants } from './order-mutants.ts';
import type { World } from './world.ts';

/** Two workers that read the same waiting call both believe that they have claimed it. */
const claimNotConditional: Mutant = {
  name: 'claim-not-conditional',
  breaks: ['lost', 'doubled', 'overCap'],
  bite: biteIn('dispatch', (ports, world) =>
    withCalls(ports, {
      commit: async (change, attemptLog) => {
        const outcome = await ports.calls.commit(change, attemptLog);
        if (outcome !== 'conflict' || !change.attempt) return outcome;
        const row = world.ledger.rows.get(change.call.id);
        // What follows a stolen claim has to be let through as well, or the second worker stops at its mark.
        const stolen = change.attempt.from === undefined || change.attempt.next.status === 'sent';
        if (!row || !stolen) return outcome;
        overwrite(world, row, change);
        return 'committed';
      },
    }),
  ),
};

/** The verdict of the request is taken for good: when the call is due nobody looks at the clock, the lists and the caps again. */
const noRecheckAtDispatch: Mutant = {
  name: 'no-recheck-at-dispatch',
  breaks: ['suppressed', 'banned', 'outsideWindow', 'overCap'],
  decide: (decide, where) =>
    where === 'request'
      ? decide
      : (facts) => {
          const lists = facts.lists.map((fact) => ({ ...fact, state: 'clear' as const, asOfMs: facts.atMs }));
          return { ...decide({ ...facts, lists, bans: [], attemptsMs: [], attemptsOnLineMs: [] }), verdict: 'allow' };
        },
};

/** What asking for a task is taken to have come to. */
const answering =
  (change: (answer: TaskAnswer, request: TaskRequest) => TaskAnswer): NonNullable<Mutant['bite']> =>
  (ports) => ({
    ...ports,
    tasks: {
      findTask: (lookup) => ports.tasks.findTask(lookup),
      createTask: async (request, deadlineMs) => change(await ports.tasks.createTask(request, deadlineMs), request),
    },
  });

/** A 5xx is taken for "Webex did nothing". */
const serverErrorNotCreated: Mutant = {
  name: 'server-error-not-created',
  breaks: ['doubled'],
  bite: answering((answer) => {
    const serverError = answer.outcome === 'uncertain' && answer.cause.startsWith('server-error');
    return serverError ? { outcome: 'unsent', cause: answer.cause, retryAfterMs: 1_000 } : answer;
  }),
};

/** Caps are compared with what was read, and counted whatever was counted since. */
const capsOutsideTransaction: Mutant = {
  name: 'caps-outside-transaction',
  breaks: ['overCap'],
  bite: (ports, world) =>
    withCalls(ports, {
      commit: (change, attemptLog) =>
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
    }),
};

/** A person's cancelling is written even where a worker holds the call. */
const cancelIgnoresClaim: Mutant = {
  name: 'cancel-ignores-claim',
  breaks: ['lost', 'doubled'],
  bite: biteIn('api', (ports, world) =>
    withCalls(ports, {
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
    }),
  ),
};

/** Free places are read before the booking and not asked for in its transaction. */
const placesOutsideTransaction: Mutant = {
  name: 'places-outside-transaction',
  breaks: ['overBooked'],
  bite: (ports) =>
    withCalls(ports, {
      accept: (call, decision, request, also) => {
        const booking = also?.booking && { ...also.booking, capacity: Number.POSITIVE_INFINITY };
        return ports.calls.accept(call, decision, request, { ...also, booking });
      },
    }),
};

/** A call that ends gives its place back to nobody. */
const placeNotGivenBack: Mutant = {
  name: 'place-not-given-back',
  breaks: ['overBooked'],
  bite: (ports, world) =>
    withCalls(ports, {
      commit: (change, attemptLog) => {
        const slot = world.ledger.rows.get(change.call.id)?.call.slot;
        const { slots, ...rest } = change;
        const isEnd = slots?.giveBack !== undefined && slots.take === undefined && slot !== undefined;
        return ports.calls.commit(isEnd ? { ...rest, call: { ...change.call, slot } } : change, attemptLog);
      },
    }),
};

type FactsRead = Awaited<ReturnType<DialFactsReader['read']>>;

/** What dispatch reads of the world, changed. */
const misreading = (change: (read: FactsRead, world: World) => FactsRead) =>
  biteIn('dispatch', (ports, world) => ({
    ...ports,
    facts: { read: async (...asked) => change(await ports.facts.read(...asked), world) },
  }));

/** Bans are looked at when a call is requested, and never again. */
const bansAtRequestOnly: Mutant = {
  name: 'bans-at-request-only',
  breaks: ['banned'],
  bite: misreading((read) => ({ ...read, bans: [] })),
};

/** A list that cannot be read is taken for one that the number is not on. */
const unreadableTakenForClear: Mutant = {
  name: 'unreadable-taken-for-clear',
  breaks: ['suppressed'],
  bite: misreading((read) => ({
    ...read,
    lists: read.lists.map((fact) => (fact.state === 'unreadable' ? { ...fact, state: 'clear' } : fact)),
  })),
};

/** Nobody asks how old the copy of the registry is. */
const staleRegistryTakenForFresh: Mutant = {
  name: 'stale-registry-taken-for-fresh',
  breaks: ['undecided'],
  bite: misreading((read, { engine }) => ({
    ...read,
    lists: read.lists.map((fact) => (fact.asOfMs === undefined ? fact : { ...fact, asOfMs: engine.nowMs })),
  })),
};

/** Tokens that could not be stored are forgotten, and the used-up refresh token is sent again. */
const rotationForgets: Mutant = {
  name: 'rotation-forgets-what-it-could-not-store',
  breaks: ['tokenLost'],
  bite: (ports) => ({
    ...ports,
    get unsaved() {
      return new Map<string, string>();
    },
  }),
};

/** A rotation that was overtaken by a sign-in writes over it. */
const rotationOverwritesSignIn: Mutant = {
  name: 'rotation-overwrites-sign-in',
  breaks: ['tokenLost'],
  bite: biteIn('rotate', (ports) => {
    let renews: string | undefined;
    const current = async () => {
      const { versionId, value } = await ports.secret.current();
      return { versionId: renews ?? versionId, value };
    };
    const secret: Ports['secret'] = {
      ...ports.secret,
      current,
      pending: async (versionId) => {
        const pending = await ports.secret.pending(versionId);
        renews = pending && parseCredentials(pending.value).refreshedFrom;
        return pending;
      },
      makeCurrent: async (versionId) => ports.secret.makeCurrent(versionId, (await ports.secret.current()).versionId),
    };
    return { ...ports, secret };
  }),
};

/** What is told of any attempt of a call is taken for its newest one. */
const outcomeOfNewestAttempt: Mutant = {
  name: 'outcome-of-the-newest-attempt',
  breaks: ['misread'],
  misread: (report, { ledger }) => ({
    ...report,
    get attemptId() {
      const callId = report.attemptId.slice(0, report.attemptId.lastIndexOf('.'));
      return ledger.rows.get(callId)?.attempts.at(-1)?.id ?? report.attemptId;
    },
  }),
};

/** Webex is told what our list said when the telling began, whatever it says when it ends. */
const propagationLooksOnce: Mutant = {
  name: 'propagation-looks-once',
  breaks: ['unpropagated'],
  bite: biteIn('propagate', (ports) => {
    const seen = new Map<string, Awaited<ReturnType<Ports['suppressions']['find']>>>();
    return {
      ...ports,
      suppressions: {
        ...ports.suppressions,
        find: async (number) => {
          if (!seen.has(number)) {
            const entry = await ports.suppressions.find(number);
            seen.set(number, entry);
            return entry;
          }
          const entry = seen.get(number);
          seen.delete(number);
          return entry;
        },
      },
    };
  }),
};

/** What is written of an attempt that was not sent names the number in full. */
const detailTellsNumber: Mutant = {
  name: 'detail-tells-the-number',
  breaks: ['exposed'],
  bite: answering((answer, { destination }) =>
    answer.outcome === 'unsent' ? { ...answer, cause: `${answer.cause} ${destination}` } : answer,
  ),
};

export const mutants: readonly Mutant[] = [
  claimNotConditional,
  noRecheckAtDispatch,
  serverErrorNotCreated,
  capsOutsideTransaction,
  cancelIgnoresClaim,
  placesOutsideTransaction,
  placeNotGivenBack,
  bansAtRequestOnly,
  unreadableTakenForClear,
  staleRegistryTakenForFresh,
  rotationForgets,
  rotationOverwritesSignIn,
  outcomeOfNewestAttempt,
  propagationLooksOnce,
  detailTellsNumber,
  ...orderMutants,
];
