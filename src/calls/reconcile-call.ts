import type { Settings } from '../settings/schema.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Attempt, AttemptOrder, Call } from './call.ts';
import { callbackOrder } from './hand-over.ts';
import { orderSpan, waitsAtWebex } from './held-by.ts';
import { type CallEvent, graceMs, transition } from './lifecycle.ts';
import type { OrderGateway } from './order-gateway.ts';
import type { CallStore, CommitOutcome, DispatchQueue } from './ports.ts';
import { outcomeEvent, talkCheckMs } from './record-outcome.ts';
import { retryAtMs } from './retry.ts';
import type { TaskGateway, TaskSighting } from './task-gateway.ts';

export interface ReconcileCallDeps {
  readonly calls: CallStore;
  readonly queue: DispatchQueue;
  readonly tasks: Pick<TaskGateway, 'findTask'>;
  /** Absent where no line hands calls to Webex. */
  readonly orders?: Pick<OrderGateway, 'find'>;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'lines' | 'webex'>;
}

export type ReconcileOutcome = 'nothing-to-do' | 'sent-to-queue' | 'settled' | 'still-open' | 'conflict';

/** A task that was created may carry a time a little before our request: clocks differ. */
const clockSkewMs = 5 * 60_000;
/** Less for a task that nothing but its number and its time tell: the person may have called a little while before. */
const unmarkedSkewMs = 2 * 60_000;

/** How often an attempt or an outcome is looked for; each look costs one request of the Webex budget. */
const lookEveryMs = { uncertain: 60_000, outcome: talkCheckMs, outcomeLate: 3_600_000 } as const;

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
      if (attempt && (call.withdrawal || waitsAtWebex(call, nowMs))) return followHeld(deps, call, attempt, nowMs);
      return attempt ? learnOutcome(deps, call, attempt, nowMs) : 'nothing-to-do';
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

/**
 * Has dispatch-call look after a call that Webex holds: it asks Webex and weighs the policy. Once the window has begun, a wish to take
 * the call back has come true where Webex does not know the order and no call shows until the window's end.
 */
async function followHeld(
  deps: ReconcileCallDeps,
  call: Call,
  attempt: Attempt,
  nowMs: EpochMs,
): Promise<ReconcileOutcome> {
  const span = orderSpan(call, attempt);
  if (!span || call.withdrawal?.failed) return learnOutcome(deps, call, attempt, nowMs);
  const hasBegun = nowMs >= span.fromMs;
  const checkAtMs = nowMs + (hasBegun ? lookEveryMs.outcome : graceMs.timer);
  const again: CallEvent = { type: 'checked', atMs: nowMs, checkAtMs };
  if (hasBegun) {
    const sighting = await find(deps, call, attempt, nowMs, again);
    if (sighting) return apply(deps, call, attempt, { type: 'withdrawal-failed', atMs: nowMs });
    const isOver = nowMs >= span.toMs + deps.settings.webex.settleMinutes * 60_000;
    if (isOver) return apply(deps, call, attempt, { type: 'withdrawn', atMs: nowMs });
  }
  if ((await deps.calls.commit(transition(call, attempt, again))) !== 'committed') return 'conflict';
  await deps.queue.send(call.id, 0);
  return 'sent-to-queue';
}

async function lookUp(
  deps: ReconcileCallDeps,
  call: Call,
  attempt: Attempt,
  nowMs: EpochMs,
): Promise<ReconcileOutcome> {
  const sentAtMs = attempt.sentAtMs ?? attempt.claimedAtMs;
  const again: CallEvent = { type: 'still-uncertain', atMs: nowMs, checkAtMs: nowMs + lookEveryMs.uncertain };
  const callbackId = await findOrder(deps, call, attempt, again);
  if (callbackId) return apply(deps, call, attempt, { type: 'placed', atMs: nowMs, callbackId });
  const mayBeCalled = !attempt.order || nowMs >= listEndMs(attempt.order);
  const sighting = mayBeCalled ? await find(deps, call, attempt, nowMs, again) : undefined;
  if (sighting) return apply(deps, call, attempt, { type: 'placed', atMs: nowMs, taskId: sighting.taskId });
  // The settle time is Search's lag, and begins when the task may have been created at the latest.
  const createdByMs = attempt.order && mayBeCalled ? attempt.order.toMs : sentAtMs + graceMs.dispatch;
  const settledAtMs = createdByMs + deps.settings.webex.settleMinutes * 60_000;
  if (nowMs < settledAtMs) return apply(deps, call, attempt, again, 'still-open');
  const sendAgain = deps.settings.lines[call.line]?.whenAbsent === 'send-again' && nowMs < call.expiresAtMs;
  return apply(deps, call, attempt, {
    type: 'found-absent',
    atMs: nowMs,
    next: sendAgain ? { do: 'send-again', atMs: nowMs } : { do: 'hand-over' },
  });
}

/** Once its window has begun Webex lists a callback no more, and then its absence from the list proves nothing. */
const listEndMs = ({ fromMs }: AttemptOrder): EpochMs => fromMs - clockSkewMs;

/** A scheduled callback bears no id of ours, so it is looked up by number and window. */
async function findOrder(
  deps: ReconcileCallDeps,
  call: Call,
  attempt: Attempt,
  otherwise: CallEvent,
): Promise<string | undefined> {
  const { order } = attempt;
  if (!order) return undefined;
  const { orders } = deps;
  if (!orders) throw new Error(`Call ${call.id} was handed to Webex, and nothing here can look it up.`);
  const look = () => orders.find(callbackOrder(call, order), attempt.sentAtMs ?? attempt.claimedAtMs);
  return orLookAgain(deps, call, attempt, otherwise, look);
}

async function learnOutcome(
  deps: ReconcileCallDeps,
  call: Call,
  attempt: Attempt,
  nowMs: EpochMs,
): Promise<ReconcileOutcome> {
  const waitedMs = nowMs - (attempt.order?.fromMs ?? attempt.settledAtMs ?? attempt.claimedAtMs);
  const checkAtMs = nowMs + (waitedMs < lookEveryMs.outcomeLate ? lookEveryMs.outcome : lookEveryMs.outcomeLate);
  const again: CallEvent = { type: 'checked', atMs: nowMs, checkAtMs };
  const sighting = await find(deps, call, attempt, nowMs, again);
  const event = sighting && outcomeEvent(call, attempt, sighting, nowMs);
  if (event) return apply(deps, call, attempt, event);
  if (waitedMs <= outcomeWaitMsMax) return apply(deps, call, attempt, again, 'still-open');
  const outcome = call.status === 'connected' ? 'connected' : 'unknown';
  return apply(deps, call, attempt, { type: 'finished', atMs: nowMs, outcome });
}

/**
 * Looks a task up in Webex. Where Search cannot be read the call is looked at again later like all others, so that it
 * does not stay the oldest one of every sweep and keep the others from their turn.
 */
async function find(
  deps: ReconcileCallDeps,
  call: Call,
  attempt: Attempt,
  nowMs: EpochMs,
  otherwise: CallEvent,
): Promise<TaskSighting | undefined> {
  const sentAtMs = attempt.sentAtMs ?? attempt.claimedAtMs;
  const sinceMs = orderSpan(call, attempt)?.fromMs ?? sentAtMs;
  // Later on it may be the scheduled callback of another call to the number, which bears no mark.
  const unmarkedToMs = attempt.order ? nowMs : Math.min(nowMs, sentAtMs + graceMs.dispatch + clockSkewMs);
  const type = attempt.order ? 'CALLBACK' : deps.settings.lines[call.line]?.task;
  return orLookAgain(deps, call, attempt, otherwise, () =>
    deps.tasks.findTask({
      attemptId: attempt.id,
      ...(attempt.taskId && { taskId: attempt.taskId }),
      number: call.number,
      fromMs: sinceMs - clockSkewMs,
      toMs: nowMs,
      unmarked: { fromMs: sinceMs - unmarkedSkewMs, toMs: unmarkedToMs, type },
    }),
  );
}

async function orLookAgain<Found>(
  deps: ReconcileCallDeps,
  call: Call,
  attempt: Attempt,
  otherwise: CallEvent,
  look: () => Promise<Found>,
): Promise<Found> {
  try {
    return await look();
  } catch (error) {
    await apply(deps, call, attempt, otherwise);
    throw error;
  }
}

async function afterUnanswered(
  deps: ReconcileCallDeps,
  call: Call,
  attempt: Attempt | undefined,
  nowMs: EpochMs,
): Promise<ReconcileOutcome> {
  const cancelled = call.withdrawal?.plan;
  // Webex was too quick for a person who did not want the call any more, so there is no second one.
  if (cancelled?.do === 'cancel')
    return apply(deps, call, attempt, { type: 'cancelled', atMs: nowMs, by: cancelled.by });
  const line = deps.settings.lines[call.line];
  const againAtMs = line ? retryAtMs(line, call, nowMs) : undefined;
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
