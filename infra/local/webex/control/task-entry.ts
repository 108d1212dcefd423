import type { Outcome } from '../settings.ts';
import type { TaskRecord } from '../store/task-store.ts';
import { type Phase, phaseAt } from '../tasks/life.ts';

/** An entry of `GET /_tasks`. Instants in epoch milliseconds. */
export interface TaskEntry extends Omit<TaskRecord, 'plan'> {
  readonly status: Phase;
  /** Null until it has ended. */
  readonly outcome: Outcome | null;
  readonly connectedAtMs: number | null;
  readonly endedAtMs: number | null;
}

export function toTaskEntry({ plan, ...task }: TaskRecord, nowMs: number): TaskEntry {
  const status = phaseAt(plan, nowMs);
  const reached = (instantMs: number | null) => (instantMs !== null && instantMs <= nowMs ? instantMs : null);
  return {
    index: task.index,
    id: task.id,
    createdAtMs: task.createdAtMs,
    number: task.number,
    entryPointId: task.entryPointId,
    outboundType: task.outboundType,
    origin: task.origin,
    attributes: task.attributes,
    bearerToken: task.bearerToken,
    clientId: task.clientId,
    requestIndex: task.requestIndex,
    scheduledCallbackId: task.scheduledCallbackId,
    status,
    outcome: status === 'ended' ? plan.outcome : null,
    connectedAtMs: reached(plan.connectAtMs),
    endedAtMs: reached(plan.endAtMs),
    body: task.body,
  };
}
