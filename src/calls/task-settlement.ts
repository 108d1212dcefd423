import type { EpochMs } from '../shared/clock.ts';
import type { Call } from './call.ts';
import type { CallEvent, Change } from './lifecycle.ts';
import type { TaskAnswer } from './task-gateway.ts';

/** What Webex made of an attempt. */
export type SettledOutcome = 'placed' | 'rejected' | 'put-back' | 'uncertain';

/** When an uncertain attempt is first looked up: at once would only meet Search's lag. */
const firstLookupMs = 30_000;

/** Between attempts that Webex did not take, doubled each time: an outage of days makes hundreds of attempts, not thousands. */
const putBackMs = { first: 1_000, most: 600_000 } as const;

/** The one table from Webex's answer to what becomes of the call. */
export function settlement(
  answer: TaskAnswer,
  atMs: EpochMs,
  { call, attempt }: Change,
): { event: CallEvent; outcome: SettledOutcome } {
  const isOrder = attempt?.next.order !== undefined;
  switch (answer.outcome) {
    case 'placed': {
      const made = isOrder ? { callbackId: answer.taskId } : { taskId: answer.taskId };
      return { event: { type: 'placed', atMs, ...made, ...tracking(answer) }, outcome: 'placed' };
    }
    case 'rejected': {
      // Webex refuses a window, not the call: Ringback holds it.
      const type = isOrder ? 'order-refused' : 'rejected';
      return { event: { type, atMs, detail: rejectionOf(answer), ...tracking(answer) }, outcome: 'rejected' };
    }
    case 'throttled':
      return {
        event: {
          type: 'not-sent',
          atMs,
          retryAtMs: atMs + putBackFor(call, answer.retryAfterMs),
          detail: 'Webex answered 429.',
        },
        outcome: 'put-back',
      };
    case 'unsent':
      return {
        event: {
          type: 'not-sent',
          atMs,
          retryAtMs: atMs + putBackFor(call, answer.retryAfterMs),
          detail: answer.cause,
        },
        outcome: 'put-back',
      };
    case 'uncertain':
      return {
        event: {
          type: 'not-answered',
          atMs,
          detail: answer.cause,
          checkAtMs: atMs + firstLookupMs,
          ...tracking(answer),
        },
        outcome: 'uncertain',
      };
  }
}

/** A request that breaks one of Webex's limits is refused before it is sent; then there is no status. */
const rejectionOf = ({ status, words }: Extract<TaskAnswer, { outcome: 'rejected' }>): string =>
  status === undefined ? `Not sent, because Webex would refuse it: ${words}` : `Webex answered ${status}: ${words}`;

function putBackFor(call: Call, retryAfterMs: number): number {
  const inVain = call.attemptCount - call.placedCount - 1;
  return Math.max(retryAfterMs, Math.min(putBackMs.most, putBackMs.first * 2 ** Math.min(inVain, 20)));
}

const tracking = (answer: { trackingId?: string }): { trackingId?: string } =>
  answer.trackingId ? { trackingId: answer.trackingId } : {};
