import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Attempt, Call } from './call.ts';
import { type CallEvent, transition } from './lifecycle.ts';
import type { CallStore } from './ports.ts';
import type { TaskSighting } from './task-gateway.ts';

/** What a platform tells of the task of one attempt: in a signed webhook, or through Search. */
export interface OutcomeReport extends TaskSighting {
  /** `<call id>.<ordinal>`, as it travelled in the task's variable. */
  readonly attemptId: string;
}

export interface RecordOutcomeDeps {
  readonly calls: Pick<CallStore, 'get' | 'commit'>;
  readonly clock: Clock;
}

/** When the sweep looks again at people who talk. */
export const talkCheckMs = 300_000;

/** Placed, answered, finished: more steps than these one report never takes, and a conflict or two come on top. */
const stepsMax = 6;

/**
 * Takes what a platform told of a task. A repeated, late or unknown report changes nothing; one about an attempt
 * that Webex never answered settles it, because a task that speaks was created.
 */
export async function recordOutcome(
  deps: RecordOutcomeDeps,
  report: OutcomeReport,
): Promise<'recorded' | 'nothing-to-do' | 'conflict'> {
  const callId = report.attemptId.slice(0, report.attemptId.lastIndexOf('.'));
  let recorded = false;
  for (let taken = 0; taken < stepsMax; taken += 1) {
    const found = await deps.calls.get(callId);
    if (found?.attempt?.id !== report.attemptId) return 'nothing-to-do';
    const event = outcomeEvent(found.call, found.attempt, report, deps.clock.nowMs());
    if (!event) return recorded ? 'recorded' : 'nothing-to-do';
    const committed = await deps.calls.commit(transition(found.call, found.attempt, event));
    recorded ||= committed === 'committed';
  }
  return recorded ? 'recorded' : 'conflict';
}

/** The next step that a sighting of the newest attempt's task calls for, or undefined where it tells nothing new. */
export function outcomeEvent(
  call: Call,
  attempt: Attempt,
  sighting: TaskSighting,
  nowMs: EpochMs,
): CallEvent | undefined {
  const ended = sighting.endedAtMs !== undefined;
  switch (call.status) {
    case 'dialing':
      return attempt.status === 'sent' || attempt.status === 'uncertain'
        ? { type: 'placed', atMs: nowMs, taskId: sighting.taskId }
        : undefined;
    case 'placed': {
      // Webex has begun, so what it was to take back or to move is not taken back any more.
      if (call.withdrawal && !call.withdrawal.failed) return { type: 'withdrawal-failed', atMs: nowMs };
      if (sighting.outcome === 'pending') return undefined;
      const taskId = attempt.order && { taskId: sighting.taskId };
      return sighting.outcome === 'connected'
        ? { type: 'answered', atMs: nowMs, checkAtMs: ended ? nowMs : nowMs + talkCheckMs, ...taskId }
        : { type: 'went-unanswered', atMs: nowMs, outcome: sighting.outcome, ...taskId };
    }
    case 'connected':
      return ended ? { type: 'finished', atMs: nowMs, outcome: 'connected' } : undefined;
    default:
      return undefined;
  }
}
