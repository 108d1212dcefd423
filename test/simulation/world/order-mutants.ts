import type { OrderChange, OrderGateway } from '../../../src/calls/order-gateway.ts';
import type { TaskAnswer } from '../../../src/calls/task-gateway.ts';
import { waitsAtWebex } from '../../../src/calls/held-by.ts';
import { type Mutant, biteIn, overwrite, withCalls } from './mutant.ts';

/** Deliberate bugs in what becomes of the calls that Webex holds. */

const ordering = (changed: (orders: OrderGateway) => Partial<OrderGateway>) =>
  biteIn('dispatch', (ports) => {
    const { orders } = ports;
    const same: OrderGateway = {
      place: (...asked) => orders.place(...asked),
      find: (...asked) => orders.find(...asked),
      look: (...asked) => orders.look(...asked),
      move: (...asked) => orders.move(...asked),
      remove: (...asked) => orders.remove(...asked),
    };
    return { ...ports, orders: { ...same, ...changed(orders) } };
  });

/** One answer to a deletion is taken for "it is gone". */
const takenForDeleted = (wrong: OrderChange['outcome']) =>
  ordering((orders) => ({
    remove: async (...asked) => {
      const answer = await orders.remove(...asked);
      return answer.outcome === wrong ? { outcome: 'done' } : answer;
    },
  }));

/** What is uncertain is taken for "Webex has no order", so it is ordered again without a look. */
const uncertainOrderSentAgain: Mutant = {
  name: 'uncertain-order-sent-again',
  breaks: ['doubled'],
  bite: ordering((orders) => ({
    place: async (...asked) => {
      const answer: TaskAnswer = await orders.place(...asked);
      return answer.outcome === 'uncertain' ? { outcome: 'unsent', cause: answer.cause, retryAfterMs: 1_000 } : answer;
    },
  })),
};

/** A person's cancelling is written as done, and Webex is not asked. */
const cancelledWithoutWebex: Mutant = {
  name: 'cancelled-without-webex',
  breaks: ['answers'],
  bite: biteIn('api', (ports, world) =>
    withCalls(ports, {
      get: async (callId) => {
        const found = await ports.calls.get(callId);
        const isHeld = found && waitsAtWebex(found.call, ports.clock.nowMs());
        return isHeld ? { ...found, call: { ...found.call, status: 'waiting' } } : found;
      },
      commit: async (change, attemptLog) => {
        const row = world.ledger.rows.get(change.call.id);
        if (change.call.status !== 'cancelled' || row?.call.status !== 'placed')
          return ports.calls.commit(change, attemptLog);
        overwrite(world, row, change);
        return 'committed';
      },
    }),
  ),
};

/** No answer to a deletion is taken for a deletion. */
const noAnswerTakenForDeleted: Mutant = {
  name: 'no-answer-taken-for-deleted',
  breaks: ['doubled'],
  bite: takenForDeleted('unknown'),
};

/** "Not there" is taken for deleted also where the window has begun. */
const begunTakenForDeleted: Mutant = {
  name: 'begun-taken-for-deleted',
  breaks: ['doubled'],
  bite: takenForDeleted('not-there'),
};

/** Nobody weighs a call again before its window. */
const reviewLeftOut: Mutant = {
  name: 'review-left-out',
  breaks: ['lost'],
  bite: biteIn('dispatch', (ports) =>
    withCalls(ports, {
      get: async (callId) => {
        const found = await ports.calls.get(callId);
        return found?.call.status === 'placed' && !found.call.withdrawal ? undefined : found;
      },
    }),
  ),
};

/** The review knows nothing of bans. */
const bansNotReviewed: Mutant = {
  name: 'bans-not-reviewed',
  breaks: ['banned'],
  bite: biteIn('dispatch', (ports) => ({
    ...ports,
    facts: {
      read: async (number, moment, call) => {
        const read = await ports.facts.read(number, moment, call);
        return call?.status === 'placed' ? { ...read, bans: [] } : read;
      },
    },
  })),
};

/** A call is moved to another window without counting there. */
const moveNotCounted: Mutant = {
  name: 'move-not-counted',
  breaks: ['overCap'],
  bite: biteIn('dispatch', (ports) =>
    withCalls(ports, {
      commit: (change, attemptLog) => {
        const isMove = change.call.withdrawal?.order !== undefined && change.capCount && 'add' in change.capCount;
        const { capCount: _left, ...uncounted } = change;
        return ports.calls.commit(isMove ? uncounted : change, attemptLog);
      },
    }),
  ),
};

export const orderMutants: readonly Mutant[] = [
  uncertainOrderSentAgain,
  cancelledWithoutWebex,
  noAnswerTakenForDeleted,
  begunTakenForDeleted,
  reviewLeftOut,
  bansNotReviewed,
  moveNotCounted,
];
