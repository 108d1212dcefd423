import type { Decision, DialFacts } from '../policy/types.ts';
import type { Settings } from '../settings/schema.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import { type Call, attemptIdOf } from './call.ts';
import { type CallEvent, type Change, transition } from './lifecycle.ts';
import type { CallStore, DialFactsReader } from './ports.ts';
import { dialFacts, isListed } from './dial-facts.ts';
import { taskAttributes } from './task-attributes.ts';
import type { TaskAnswer, TaskGateway, TaskRequest } from './task-gateway.ts';

export interface DispatchCallDeps {
  readonly calls: CallStore;
  readonly facts: DialFactsReader;
  readonly decide: (facts: DialFacts) => Decision;
  readonly tasks: TaskGateway;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'lines' | 'webex'>;
  /** Told of a fault of ours while the task was asked for, which leaves the attempt uncertain. */
  readonly reportFault?: (error: unknown, attemptId: string) => void;
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

/** Between attempts that Webex did not take, doubled each time: an outage of days makes hundreds of attempts, not thousands. */
const putBackMs = { first: 1_000, most: 600_000 } as const;

/**
 * Places one call if it is due and lawful right now: verdict on fresh facts, claim, mark sent, request, settle.
 * Whatever dies between two steps is found by the sweep, because each step is written before the next is taken.
 */
export async function dispatchCall(deps: DispatchCallDeps, callId: string): Promise<DispatchOutcome> {
  const found = await deps.calls.get(callId);
  if (!found || !isDue(found.call, deps.clock.nowMs())) return 'nothing-to-do';
  const { call } = found;
  // A message may be a little early; the verdict is about the instant of sending, so it waits.
  if (call.dueAtMs > deps.clock.nowMs()) await deps.clock.sleep(call.dueAtMs - deps.clock.nowMs());
  const line = deps.settings.lines[call.line];

  const read = await deps.facts.read(call.number, 'dispatch', call);
  const nowMs = deps.clock.nowMs();
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
    const detail = 'Suppressed before sending.';
    return settle(deps, claimed, { type: 'refused-before-sending', atMs: sentAtMs, detail }, 'refused');
  }
  if (marked !== 'committed') return 'conflict';

  const request = taskRequest(deps.settings, call, claimed.call.attemptCount);
  const answer = await askForTask(deps, request, Math.min(sentAtMs + sendWithinMs, call.expiresAtMs));
  const { event, outcome } = settlement(answer, deps.clock.nowMs(), claimed.call);
  return settle(deps, sent, event, outcome);
}

/** Whatever is thrown after the mark "sent" may have been thrown after the request left. */
async function askForTask(deps: DispatchCallDeps, request: TaskRequest, deadlineMs: EpochMs): Promise<TaskAnswer> {
  try {
    return await deps.tasks.createTask(request, deadlineMs);
  } catch (error) {
    deps.reportFault?.(error, request.attemptId);
    return { outcome: 'uncertain', cause: `fault: ${error instanceof Error ? error.name : 'unknown'}` };
  }
}

/** Attempts are told apart by their instant, so two of the same millisecond are not. */
function freeInstant(takenMs: readonly EpochMs[], nowMs: EpochMs): EpochMs {
  let atMs = nowMs;
  while (takenMs.includes(atMs)) atMs += 1;
  return atMs;
}

const isDue = (call: Call, nowMs: EpochMs): boolean =>
  (call.status === 'accepted' || call.status === 'waiting') && call.dueAtMs <= nowMs + earlyMsMax;

/** The policy's finding that no lawful instant is left in the window that was wished for. */
const windowOver = 'window-over';

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
      if (decision.because === windowOver)
        return { event: { type: 'expired', atMs: nowMs, decision }, outcome: 'expired' };
      return {
        event: { type: 'refused', atMs: nowMs, outcome: isListed(decision) ? 'suppressed' : 'not-callable', decision },
        outcome: 'refused',
      };
    case 'defer':
      return decision.untilMs >= call.expiresAtMs
        ? { event: { type: 'expired', atMs: nowMs, decision }, outcome: 'expired' }
        : { event: { type: 'deferred', atMs: nowMs, untilMs: decision.untilMs, decision }, outcome: 'deferred' };
  }
}

function taskRequest(settings: DispatchCallDeps['settings'], call: Call, ordinal: number): TaskRequest {
  const line = settings.lines[call.line];
  if (!line) throw new Error(`Line ${call.line} is not in the settings.`);
  const attemptId = attemptIdOf(call.id, ordinal);
  return {
    attemptId,
    kind: call.kind,
    type: line.task,
    destination: call.number,
    entryPointId: line.entryPointId,
    ...(line.origin && { origin: line.origin }),
    attributes: taskAttributes({ line, webex: settings.webex }, call, ordinal),
  };
}

function settlement(answer: TaskAnswer, atMs: EpochMs, call: Call): { event: CallEvent; outcome: DispatchOutcome } {
  switch (answer.outcome) {
    case 'placed':
      return { event: { type: 'placed', atMs, taskId: answer.taskId, ...tracking(answer) }, outcome: 'placed' };
    case 'rejected':
      return {
        event: {
          type: 'rejected',
          atMs,
          detail: rejectionOf(answer),
          ...tracking(answer),
        },
        outcome: 'rejected',
      };
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

/**
 * Writes what came of the attempt. Where the sweep or a webhook has moved the call meanwhile, a definite answer still
 * settles an attempt that they left uncertain.
 */
async function settle(
  deps: DispatchCallDeps,
  before: Pick<Change, 'call' | 'attempt'>,
  event: CallEvent,
  outcome: DispatchOutcome,
): Promise<DispatchOutcome> {
  const committed = await deps.calls.commit(transition(before.call, before.attempt?.next, event));
  if (committed === 'committed' || outcome === 'uncertain') return ended(committed, outcome);
  const now = await deps.calls.get(before.call.id);
  const ours = now?.attempt?.id === before.attempt?.next.id && now?.attempt?.status === 'uncertain';
  if (!now || !ours) return 'conflict';
  return ended(await deps.calls.commit(transition(now.call, now.attempt, event)), outcome);
}

const ended = (committed: Awaited<ReturnType<CallStore['commit']>>, outcome: DispatchOutcome): DispatchOutcome =>
  committed === 'committed' ? outcome : 'conflict';
