import type { Decision, DialFacts } from '../policy/types.ts';
import type { Settings } from '../settings/schema.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import { type Attempt, type Call, attemptIdOf } from './call.ts';
import { type CallEvent, transition } from './lifecycle.ts';
import type { CallStore, DialFactsReader } from './ports.ts';
import { dialFacts } from './request-call.ts';
import type { TaskAnswer, TaskGateway, TaskRequest } from './task-gateway.ts';

export interface DispatchCallDeps {
  readonly calls: CallStore;
  readonly facts: DialFactsReader;
  readonly decide: (facts: DialFacts) => Decision;
  readonly tasks: TaskGateway;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'lines' | 'webex'>;
}

/** What a dispatch came to. Every one of them is final for the message: what is to come has its own timer or sweep. */
export type DispatchOutcome =
  /** Not there, not waiting any more, or not due yet: a repeated, late or early message. */
  | 'nothing-to-do'
  /** Somebody else changed the call or took the number's last attempt meanwhile; the message must come again. */
  | 'conflict'
  | 'expired'
  | 'refused'
  | 'deferred'
  | 'placed'
  | 'rejected'
  | 'put-back'
  | 'uncertain';

/** A request must have left within this time after the attempt was marked sent; a later one is not made any more. */
export const sendWithinMs = 10_000;

/** How early a message may be: clocks of two machines differ a little. */
const earlyMsMax = 1_000;

/** When an uncertain attempt is first looked up: at once would only meet Search's lag. */
const firstLookupMs = 30_000;

/**
 * Places one call if it is due and lawful right now: verdict on fresh facts, claim, mark sent, request, settle.
 * Whatever dies between two steps is found by the sweep, because each step is written before the next is taken.
 */
export async function dispatchCall(deps: DispatchCallDeps, callId: string): Promise<DispatchOutcome> {
  const found = await deps.calls.get(callId);
  const nowMs = deps.clock.nowMs();
  if (!found || !isDue(found.call, nowMs)) return 'nothing-to-do';
  const { call } = found;
  const line = deps.settings.lines[call.line];

  const read = await deps.facts.read(call.number, 'dispatch');
  const decision = deps.decide({ ...dialFacts(call, read, nowMs), ...(line?.hours && { lineHours: line.hours }) });
  const refusal = unlessAllowed(call, decision, nowMs);
  if (refusal) return ended(await deps.calls.commit(transition(call, undefined, refusal.event)), refusal.outcome);
  if (!line) throw new Error(`Call ${call.id} names line ${call.line}, which the settings do not have.`);

  const claimed = transition(call, undefined, {
    type: 'claimed',
    atMs: freeInstant(read.attemptLog.attemptsMs, nowMs),
    decision,
  });
  if ((await deps.calls.commit(claimed, read.attemptLog)) !== 'committed') return 'conflict';

  const sentAtMs = deps.clock.nowMs();
  const sent = transition(claimed.call, claimed.attempt?.next, { type: 'marked-sent', atMs: sentAtMs });
  const marked = await deps.calls.commit(sent);
  if (marked === 'suppressed') {
    return settle(
      deps,
      claimed.call,
      claimed.attempt?.next,
      { type: 'refused-before-sending', atMs: sentAtMs, detail: 'Suppressed before sending.' },
      'refused',
    );
  }
  if (marked !== 'committed') return 'conflict';

  const answer = await deps.tasks.createTask(
    taskRequest(deps.settings, call, claimed.call.attemptCount),
    sentAtMs + sendWithinMs,
  );
  const { event, outcome } = settlement(answer, deps.clock.nowMs());
  return settle(deps, sent.call, sent.attempt?.next, event, outcome);
}

/** Attempts are told apart by their instant, so two of the same millisecond are not. */
function freeInstant(takenMs: readonly EpochMs[], nowMs: EpochMs): EpochMs {
  let atMs = nowMs;
  while (takenMs.includes(atMs)) atMs += 1;
  return atMs;
}

const isDue = (call: Call, nowMs: EpochMs): boolean =>
  (call.status === 'accepted' || call.status === 'waiting') && call.dueAtMs <= nowMs + earlyMsMax;

/** The event that a verdict other than `allow` calls for, and the call's own end of time. */
function unlessAllowed(
  call: Call,
  decision: Decision,
  nowMs: EpochMs,
): { event: CallEvent; outcome: DispatchOutcome } | undefined {
  if (call.expiresAtMs <= nowMs) return { event: { type: 'expired', atMs: nowMs, decision }, outcome: 'expired' };
  switch (decision.verdict) {
    case 'allow':
      return undefined;
    case 'deny':
      return { event: { type: 'refused', atMs: nowMs, outcome: refusalOf(decision), decision }, outcome: 'refused' };
    case 'defer':
      return decision.untilMs >= call.expiresAtMs
        ? { event: { type: 'expired', atMs: nowMs, decision }, outcome: 'expired' }
        : { event: { type: 'deferred', atMs: nowMs, untilMs: decision.untilMs, decision }, outcome: 'deferred' };
  }
}

const refusalOf = (decision: Decision): 'suppressed' | 'not-callable' =>
  decision.facts.lists.some((list) => list.state === 'listed') ? 'suppressed' : 'not-callable';

function taskRequest(settings: DispatchCallDeps['settings'], call: Call, ordinal: number): TaskRequest {
  const line = settings.lines[call.line];
  if (!line) throw new Error(`Line ${call.line} is not in the settings.`);
  const attemptId = attemptIdOf(call.id, ordinal);
  const { name, reason } = call.customer;
  return {
    attemptId,
    type: line.task,
    destination: call.number,
    entryPointId: line.entryPointId,
    ...(line.origin && { origin: line.origin }),
    attributes: {
      ...line.attributes,
      ...call.attributes,
      ...(name && { customerName: name }),
      ...(reason && { callReason: reason }),
      [settings.webex.attemptVariable]: attemptId,
    },
  };
}

function settlement(answer: TaskAnswer, atMs: EpochMs): { event: CallEvent; outcome: DispatchOutcome } {
  switch (answer.outcome) {
    case 'placed':
      return { event: { type: 'placed', atMs, taskId: answer.taskId, ...tracking(answer) }, outcome: 'placed' };
    case 'rejected':
      return {
        event: {
          type: 'rejected',
          atMs,
          detail: `Webex answered ${answer.status}: ${answer.words}`,
          ...tracking(answer),
        },
        outcome: 'rejected',
      };
    case 'throttled':
      return {
        event: { type: 'not-sent', atMs, retryAtMs: atMs + answer.retryAfterMs, detail: 'Webex answered 429.' },
        outcome: 'put-back',
      };
    case 'unsent':
      return {
        event: { type: 'not-sent', atMs, retryAtMs: atMs + answer.retryAfterMs, detail: answer.cause },
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

const tracking = (answer: { trackingId?: string }): { trackingId?: string } =>
  answer.trackingId ? { trackingId: answer.trackingId } : {};

async function settle(
  deps: DispatchCallDeps,
  call: Call,
  attempt: Attempt | undefined,
  event: CallEvent,
  outcome: DispatchOutcome,
): Promise<DispatchOutcome> {
  // The sweep may have taken the call over if this worker was very late; then its reading of Search stands.
  return ended(await deps.calls.commit(transition(call, attempt, event)), outcome);
}

const ended = (committed: Awaited<ReturnType<CallStore['commit']>>, outcome: DispatchOutcome): DispatchOutcome =>
  committed === 'committed' ? outcome : 'conflict';
