import type { Settings } from '../settings/schema.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Attempt, Call } from './call.ts';
import { type CallEvent, graceMs, transition } from './lifecycle.ts';
import type { CallStore, CommitOutcome, DispatchQueue } from './ports.ts';
import { retryAtMs } from './retry.ts';
import type { TaskGateway } from './task-gateway.ts';

export interface ReconcileCallDeps {
  readonly calls: CallStore;
  readonly queue: DispatchQueue;
  readonly tasks: Pick<TaskGateway, 'findTask'>;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'lines' | 'webex'>;
}

export type ReconcileOutcome = 'nothing-to-do' | 'sent-to-queue' | 'settled' | 'still-open' | 'conflict';

/** A task that was created may carry a time a little before our request: clocks differ. */
const clockSkewMs = 5 * 60_000;

/** How often an attempt or an outcome is looked for; each look costs one request of the Webex budget. */
const lookEveryMs = { uncertain: 60_000, outcome: 300_000, outcomeLate: 3_600_000 } as const;

/** After this time without an outcome a placed call is over for us: Webex drops a callback long before. */
const outcomeWaitMsMax = 24 * 3_600_000;

/**
 * Moves on one call that nothing has moved by its check time: a lost timer, a dead worker's claim, an attempt
 * that Webex never answered, a placed call without an outcome.
 */
export async function reconcileCall(deps: ReconcileCallDeps, callId: string): Promise<ReconcileOutcome> {
  const found = await deps.calls.get(callId);
  const nowMs = deps.clock.nowMs();
  if (!found?.call.checkAtMs || found.call.checkAtMs > nowMs) return 'nothing-to-do';
  const { call, attempt } = found;
  switch (call.status) {
    case 'accepted':
    case 'waiting':
      return repairTimer(deps, call, nowMs);
    case 'dialing':
      return attempt ? settleAttempt(deps, call, attempt, nowMs) : 'nothing-to-do';
    case 'placed':
    case 'connected':
      return attempt ? learnOutcome(deps, call, attempt, nowMs) : 'nothing-to-do';
    case 'unanswered':
      return afterUnanswered(deps, call, attempt, nowMs);
    default:
      return 'nothing-to-do';
  }
}

async function repairTimer(deps: ReconcileCallDeps, call: Call, nowMs: EpochMs): Promise<ReconcileOutcome> {
  const committed = await deps.calls.commit(
    transition(call, undefined, {
      type: 'checked',
      atMs: nowMs,
      checkAtMs: Math.max(nowMs, call.dueAtMs) + graceMs.timer,
    }),
  );
  if (committed !== 'committed') return 'conflict';
  if (call.dueAtMs > nowMs) return 'still-open';
  await deps.queue.send(call.id, 0);
  return 'sent-to-queue';
}

async function settleAttempt(
  deps: ReconcileCallDeps,
  call: Call,
  attempt: Attempt,
  nowMs: EpochMs,
): Promise<ReconcileOutcome> {
  if (attempt.status === 'claimed') {
    // The mark "sent" comes before the request, so an attempt without it never left; the mark of a late worker fails now.
    return apply(deps, call, attempt, {
      type: 'not-sent',
      atMs: nowMs,
      retryAtMs: nowMs,
      detail: 'The worker died before sending.',
    });
  }
  if (attempt.status === 'sent') {
    const uncertain = transition(call, attempt, {
      type: 'not-answered',
      atMs: nowMs,
      detail: 'The worker died before the answer.',
      checkAtMs: nowMs,
    });
    if ((await deps.calls.commit(uncertain)) !== 'committed') return 'conflict';
    return uncertain.attempt ? lookUp(deps, uncertain.call, uncertain.attempt.next, nowMs) : 'conflict';
  }
  return lookUp(deps, call, attempt, nowMs);
}

async function lookUp(
  deps: ReconcileCallDeps,
  call: Call,
  attempt: Attempt,
  nowMs: EpochMs,
): Promise<ReconcileOutcome> {
  const sentAtMs = attempt.sentAtMs ?? attempt.claimedAtMs;
  const sighting = await deps.tasks.findTask({
    attemptId: attempt.id,
    ...(attempt.taskId && { taskId: attempt.taskId }),
    number: call.number,
    fromMs: sentAtMs - clockSkewMs,
    toMs: nowMs,
  });
  if (sighting) return apply(deps, call, attempt, { type: 'placed', atMs: nowMs, taskId: sighting.taskId });
  if (nowMs < sentAtMs + deps.settings.webex.settleMinutes * 60_000) {
    return apply(
      deps,
      call,
      attempt,
      { type: 'still-uncertain', atMs: nowMs, checkAtMs: nowMs + lookEveryMs.uncertain },
      'still-open',
    );
  }
  const again = deps.settings.lines[call.line]?.whenAbsent === 'send-again' && nowMs < call.expiresAtMs;
  return apply(deps, call, attempt, {
    type: 'found-absent',
    atMs: nowMs,
    then: again ? { do: 'send-again', atMs: nowMs } : { do: 'hand-over' },
  });
}

async function learnOutcome(
  deps: ReconcileCallDeps,
  call: Call,
  attempt: Attempt,
  nowMs: EpochMs,
): Promise<ReconcileOutcome> {
  const placedAtMs = attempt.settledAtMs ?? attempt.claimedAtMs;
  const sighting = await deps.tasks.findTask({
    attemptId: attempt.id,
    ...(attempt.taskId && { taskId: attempt.taskId }),
    number: call.number,
    fromMs: (attempt.sentAtMs ?? placedAtMs) - clockSkewMs,
    toMs: nowMs,
  });
  const waitedMs = nowMs - placedAtMs;
  const checkAtMs = nowMs + (waitedMs < lookEveryMs.outcomeLate ? lookEveryMs.outcome : lookEveryMs.outcomeLate);
  const ended = sighting?.endedAtMs !== undefined;
  if (call.status === 'connected') {
    return ended || waitedMs > outcomeWaitMsMax
      ? apply(deps, call, attempt, { type: 'finished', atMs: nowMs, outcome: 'connected' })
      : apply(deps, call, attempt, { type: 'checked', atMs: nowMs, checkAtMs }, 'still-open');
  }
  switch (sighting?.outcome ?? 'pending') {
    case 'connected':
      return apply(deps, call, attempt, { type: 'answered', atMs: nowMs, checkAtMs: ended ? nowMs : checkAtMs });
    case 'unanswered':
    case 'abandoned':
      return apply(deps, call, attempt, {
        type: 'went-unanswered',
        atMs: nowMs,
        outcome: sighting?.outcome === 'abandoned' ? 'abandoned' : 'unanswered',
      });
    default:
      return waitedMs > outcomeWaitMsMax
        ? apply(deps, call, attempt, { type: 'finished', atMs: nowMs, outcome: 'unknown' })
        : apply(deps, call, attempt, { type: 'checked', atMs: nowMs, checkAtMs }, 'still-open');
  }
}

async function afterUnanswered(
  deps: ReconcileCallDeps,
  call: Call,
  attempt: Attempt | undefined,
  nowMs: EpochMs,
): Promise<ReconcileOutcome> {
  const line = deps.settings.lines[call.line];
  const againAtMs = line ? retryAtMs(line.retry, call, nowMs) : undefined;
  if (againAtMs !== undefined) return apply(deps, call, attempt, { type: 'retried', atMs: nowMs, dueAtMs: againAtMs });
  return apply(deps, call, attempt, { type: 'finished', atMs: nowMs, outcome: attempt?.outcome ?? 'unanswered' });
}

async function apply(
  deps: ReconcileCallDeps,
  call: Call,
  attempt: Attempt | undefined,
  event: CallEvent,
  outcome: ReconcileOutcome = 'settled',
): Promise<ReconcileOutcome> {
  const committed: CommitOutcome = await deps.calls.commit(transition(call, attempt, event));
  return committed === 'committed' ? outcome : 'conflict';
}
