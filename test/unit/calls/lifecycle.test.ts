import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Attempt,
  type AttemptOrder,
  type AttemptStatus,
  type Call,
  type CallStatus,
  attemptStatuses,
  finalStatuses,
  isFinal,
  openStatuses,
} from '../../../src/calls/call.ts';
import {
  type CallEvent,
  type CallEventType,
  type Change,
  IllegalTransitionError,
  transition,
} from '../../../src/calls/lifecycle.ts';
import { sampleAttempt, sampleCall, sampleDecision, sampleFacts, startMs } from './bench.ts';

const atMs = startMs + 1_000;
const decision = sampleDecision(sampleFacts());
const allStatuses: readonly CallStatus[] = [...openStatuses, ...finalStatuses];

const order: AttemptOrder = { fromMs: atMs + 3_600_000, toMs: atMs + 7_200_000, timeZone: 'UTC', queueId: 'queue-1' };

/** One of each event, and the two ways in which a search for an attempt in vain can end. */
const events: readonly CallEvent[] = [
  { type: 'armed', atMs },
  { type: 'deferred', atMs, untilMs: atMs + 60_000, decision },
  { type: 'rescheduled', atMs, dueAtMs: atMs + 60_000, expiresAtMs: atMs + 120_000, decision },
  { type: 'kept', atMs, decision },
  { type: 'refused', atMs, outcome: 'not-callable', decision },
  { type: 'expired', atMs, decision },
  { type: 'cancelled', atMs, by: 'person' },
  { type: 'claimed', atMs, decision },
  { type: 'marked-sent', atMs },
  { type: 'not-sent', atMs, retryAtMs: atMs + 5_000, detail: 'no token' },
  { type: 'refused-before-sending', atMs, detail: 'suppressed' },
  { type: 'placed', atMs, taskId: 'task-1' },
  { type: 'rejected', atMs, detail: 'Webex answered 400' },
  { type: 'not-answered', atMs, detail: 'time-out', checkAtMs: atMs + 30_000 },
  { type: 'still-uncertain', atMs, checkAtMs: atMs + 60_000 },
  { type: 'found-absent', atMs, next: { do: 'send-again', atMs } },
  { type: 'found-absent', atMs, next: { do: 'hand-over' } },
  { type: 'answered', atMs, checkAtMs: atMs + 60_000 },
  { type: 'went-unanswered', atMs, outcome: 'unanswered' },
  { type: 'retried', atMs, dueAtMs: atMs + 60_000 },
  { type: 'finished', atMs, outcome: 'connected' },
  { type: 'checked', atMs, checkAtMs: atMs + 60_000 },
  { type: 'order-refused', atMs, detail: 'Webex answered 400' },
  { type: 'reviewed', atMs, checkAtMs: atMs + 60_000, decision },
  { type: 'withdrawal-asked', atMs, plan: { do: 'hold' } },
  { type: 'move-claimed', atMs, order, countedAtMs: order.fromMs, decision },
  { type: 'moved', atMs },
  { type: 'withdrawn', atMs },
  { type: 'withdrawal-failed', atMs },
];

/** What is allowed, said once more than in the code: `status of the call (+ of the attempt) -> what both become`. */
const allowed: Readonly<Record<CallEventType, readonly string[]>> = {
  armed: ['accepted -> waiting'],
  deferred: ['accepted -> waiting', 'waiting -> waiting'],
  rescheduled: ['accepted -> waiting', 'waiting -> waiting', 'unanswered -> waiting'],
  kept: ['accepted -> accepted', 'waiting -> waiting', 'placed -> placed', 'unanswered -> unanswered'],
  refused: ['accepted -> refused', 'waiting -> refused'],
  expired: ['accepted -> expired', 'waiting -> expired'],
  cancelled: ['accepted -> cancelled', 'waiting -> cancelled', 'unanswered -> cancelled'],
  claimed: ['accepted -> dialing + claimed', 'waiting -> dialing + claimed'],
  'marked-sent': ['dialing + claimed -> dialing + sent'],
  'not-sent': [
    'dialing + claimed -> waiting + absent',
    'dialing + sent -> waiting + absent',
    'dialing + uncertain -> waiting + absent',
  ],
  'refused-before-sending': ['dialing + claimed -> refused + absent'],
  placed: ['dialing + sent -> placed + placed', 'dialing + uncertain -> placed + placed'],
  rejected: ['dialing + sent -> failed + rejected', 'dialing + uncertain -> failed + rejected'],
  'not-answered': ['dialing + sent -> dialing + uncertain'],
  'still-uncertain': ['dialing + uncertain -> dialing + uncertain'],
  'found-absent': ['dialing + uncertain -> waiting + absent', 'dialing + uncertain -> failed + absent'],
  answered: ['placed + placed -> connected + placed'],
  'went-unanswered': ['placed + placed -> unanswered + placed'],
  retried: ['unanswered -> waiting'],
  finished: ['placed -> completed', 'connected -> completed', 'unanswered -> completed'],
  checked: [
    'accepted -> accepted',
    'waiting -> waiting',
    'placed -> placed',
    'connected -> connected',
    'unanswered -> unanswered',
  ],
  'order-refused': ['dialing + sent -> waiting + rejected', 'dialing + uncertain -> waiting + rejected'],
  reviewed: ['placed -> placed'],
  'withdrawal-asked': ['placed -> placed'],
  'move-claimed': ['placed -> placed'],
  moved: ['placed + placed -> placed + placed'],
  withdrawn: ['placed + placed -> waiting + withdrawn'],
  'withdrawal-failed': ['placed -> placed'],
};

const callIn = (status: CallStatus): Call => {
  const withdrawal = {
    askedAtMs: startMs,
    plan: { do: 'move', expiresAtMs: order.toMs },
    order,
    countedAtMs: order.fromMs,
  } as const;
  const { checkAtMs: _none, ...ended } = sampleCall({ status, attemptCount: 1, version: 7, withdrawal });
  return isFinal(status) ? { ...ended, endedAtMs: startMs } : { ...ended, checkAtMs: startMs };
};

function attempted(status: CallStatus, attemptStatus: AttemptStatus, event: CallEvent): Change | 'illegal' {
  try {
    return transition(callIn(status), sampleAttempt({ status: attemptStatus }), event);
  } catch (error) {
    if (error instanceof IllegalTransitionError) return 'illegal';
    throw error;
  }
}

const pairs = events.flatMap((event) => allStatuses.map((status) => ({ event, status, name: event.type })));

describe('transition', () => {
  it.each(pairs)('lets a call that is $status be $name only as the table says', ({ event, status }) => {
    for (const attemptStatus of attemptStatuses) {
      const change = attempted(status, attemptStatus, event);

      const told = allowed[event.type];
      const plain = told.filter((line) => line.startsWith(`${status} -> `));
      const withAttempt = told.filter((line) => line.startsWith(`${status} + ${attemptStatus} -> `));
      if (change === 'illegal') {
        expect([...plain, ...withAttempt]).toEqual([]);
      } else {
        const after = change.attempt ? `${change.call.status} + ${change.attempt.next.status}` : change.call.status;
        expect([...plain, ...withAttempt].map((line) => line.split(' -> ')[1])).toContain(after);
      }
    }
  });

  it('names the state and the version that it leaves', () => {
    const change = transition(callIn('waiting'), undefined, { type: 'cancelled', atMs, by: 'operator' });

    expect(change.from).toEqual({ status: 'waiting', version: 7 });
    expect(change.call).toMatchObject({ version: 8, outcome: 'cancelled-by-operator', endedAtMs: atMs });
  });

  it('counts an attempt from its claim on and takes it off again where it never reached Webex', () => {
    const claimed = transition(callIn('waiting'), undefined, { type: 'claimed', atMs, decision });
    const absent = transition(claimed.call, claimed.attempt?.next, {
      type: 'not-sent',
      atMs: atMs + 1,
      retryAtMs: atMs + 2,
      detail: 'no token',
    });

    expect(claimed.capCount).toEqual({ add: atMs });
    expect(absent.capCount).toEqual({ remove: atMs });
  });

  it('writes what comes right before a request for a call, and only that, on condition that the number is not suppressed', () => {
    const conditional = pairs.filter(({ event, status }) => {
      const change = attempted(status, 'claimed', event);
      return change !== 'illegal' && change.unlessSuppressed;
    });

    expect(conditional.map(({ event }) => event.type)).toEqual(['marked-sent', 'move-claimed']);
  });

  it.each<CallEvent>([
    { type: 'claimed', atMs, decision, ordered: { order, countedAtMs: order.fromMs } },
    { type: 'rescheduled', atMs, dueAtMs: atMs, expiresAtMs: order.toMs, decision, heldBy: 'webex' },
  ])('forgets by being $type a wish that failed: the next order is followed as the first one was', (event) => {
    const withdrawal = { askedAtMs: startMs, plan: { do: 'cancel', by: 'person' }, failed: true } as const;

    expect(transition({ ...callIn('waiting'), withdrawal }, undefined, event).call.withdrawal).toBeUndefined();
  });

  it('keeps the tracking id of an attempt that is settled later', () => {
    const uncertain = sampleAttempt({ status: 'uncertain', trackingId: 'RINGBACK_1' });

    const change = transition(callIn('dialing'), uncertain, { type: 'placed', atMs, taskId: 'task-1' });

    expect(change.attempt?.next).toMatchObject({ taskId: 'task-1', trackingId: 'RINGBACK_1' });
  });
});

describe('any sequence of events', () => {
  const histories = fc.array(fc.integer({ min: 0, max: events.length - 1 }), { maxLength: 60 });

  /** Takes the events that fit, in order, and gives every change on the way. */
  function run(picked: readonly number[]): { change: Change; before: Call }[] {
    let call = sampleCall();
    const attempts: Attempt[] = [];
    const changes: { change: Change; before: Call }[] = [];
    for (const [index, pick] of picked.entries()) {
      const event = events[pick];
      if (!event) continue;
      try {
        const change = transition(call, attempts[call.attemptCount - 1], { ...event, atMs: atMs + index });
        if (change.attempt) attempts[change.attempt.next.ordinal - 1] = change.attempt.next;
        changes.push({ change, before: call });
        call = change.call;
      } catch (error) {
        if (!(error instanceof IllegalTransitionError)) throw error;
      }
    }
    return changes;
  }

  it('raises the version by one with each change and leaves what it found', () => {
    fc.assert(
      fc.property(histories, (picked) => {
        for (const { change, before } of run(picked)) {
          expect(change.from).toEqual({ status: before.status, version: before.version });
          expect(change.call.version).toBe(before.version + 1);
        }
      }),
    );
  });

  it('ends at most once, with an instant and an outcome, without a check time, and releases the lock then', () => {
    fc.assert(
      fc.property(histories, (picked) => {
        const changes = run(picked);
        for (const [index, { change }] of changes.entries()) {
          const { call, releasesLock } = change;
          const final = isFinal(call.status);
          expect(final).toBe(index === changes.length - 1 && final);
          expect(releasesLock).toBe(final);
          expect(call.endedAtMs !== undefined).toBe(final);
          expect(call.outcome !== undefined).toBe(final);
        }
      }),
    );
  });

  it('leaves every open call with a check time, so that the sweep finds it whatever is lost', () => {
    fc.assert(
      fc.property(histories, (picked) => {
        for (const { change } of run(picked)) {
          expect(change.call.checkAtMs === undefined).toBe(isFinal(change.call.status));
        }
      }),
    );
  });

  it('never counts more placed attempts than there were, nor fewer than the caps count', () => {
    fc.assert(
      fc.property(histories, (picked) => {
        let counted = 0;
        for (const { change } of run(picked)) {
          if (change.capCount) counted += 'add' in change.capCount ? 1 : -1;
          const { placedCount, attemptCount, status } = change.call;
          expect(placedCount).toBeLessThanOrEqual(attemptCount);
          expect(counted).toBe(placedCount + (status === 'dialing' ? 1 : 0));
        }
      }),
    );
  });
});
