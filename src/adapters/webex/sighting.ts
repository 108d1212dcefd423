import type { TaskSighting } from '../../calls/task-gateway.ts';
import type { FoundTask } from './search.ts';

/** States in which the person is, or was, on the line (Search's `status` of a live task). */
const TALKING = new Set(['connected', 'on-hold', 'hold', 'consulting', 'conferencing', 'wrapup']);
/** `terminationReason` values of a call that nobody took (Webex's CSR dictionary). */
const NOT_REACHED = new Set(['customer busy', 'customer unavailable', 'not found', 'participant invite timer expired']);

/**
 * What became of the call, as far as a Search record tells. The first line that fits decides:
 * 1. `callbackStatus` success, or a `callbackConnectTime`: connected.
 * 2. still live: connected while people talk, else pending. An end without `endedTime` counts as live.
 * 3. ended, a `terminationReason` of a call that nobody took: unanswered.
 * 4. ended, `contactHandleType` or `terminationType` abandoned: abandoned (the person hung up before an agent came).
 * 5. ended with an agent on record and handled (not `callbackStatus` "not processed"): connected.
 * 6. ended, no callback, and the customer left: connected. A flow served them without an agent, and nobody wants to hear it twice.
 * 7. ended otherwise: unanswered.
 */
export function outcomeOf(task: FoundTask): TaskSighting['outcome'] {
  const callbackStatus = lower(task.callbackData?.callbackStatus);
  if (callbackStatus === 'success' || task.callbackData?.callbackConnectTime) return 'connected';

  const status = lower(task.status);
  const ended = task.isActive !== true && (status === 'ended' || typeof task.endedTime === 'number');
  if (!ended) return TALKING.has(status) ? 'connected' : 'pending';

  if (NOT_REACHED.has(lower(task.terminationReason))) return 'unanswered';
  if (lower(task.contactHandleType) === 'abandoned' || lower(task.terminationType) === 'abandoned') return 'abandoned';
  if (callbackStatus === 'not processed') return 'unanswered';
  if (task.lastAgent?.id) return 'connected';
  return !task.callbackData && lower(task.terminationReason) === 'customer left' ? 'connected' : 'unanswered';
}

export function toSighting(task: FoundTask, attemptId: string | undefined): TaskSighting {
  return {
    taskId: task.id,
    createdAtMs: task.createdTime,
    outcome: outcomeOf(task),
    ...(attemptId === undefined ? {} : { attemptId }),
    ...(typeof task.endedTime === 'number' ? { endedAtMs: task.endedTime } : {}),
  };
}

const lower = (text: string | null | undefined): string => (text ?? '').trim().toLowerCase();
