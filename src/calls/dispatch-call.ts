import type { Decision, DialFacts } from '../policy/types.ts';
import { BAN_RECHECK_MS, isBan } from '../policy/weigh-bans.ts';
import type { Settings } from '../settings/schema.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import { type Call, attemptIdOf } from './call.ts';
import { type CallEvent, type Change, transition } from './lifecycle.ts';
import type { AttemptLog, CallStore, DialFactsReader } from './ports.ts';
import { dialFacts, isListed } from './dial-facts.ts';
import { type FollowOutcome, followOrder } from './follow-order.ts';
import { type HandOver, callbackOrder, handOver } from './hand-over.ts';
import type { OrderGateway } from './order-gateway.ts';
import { freeInstant } from './free-instant.ts';
import { type SettledOutcome, settlement } from './task-settlement.ts';
import { type AgentChoice, type PreferredAgentDeps, chooseAgent, toAnyone } from './preferred-agent.ts';
import { taskAttributes } from './task-attributes.ts';
import type { TaskAnswer, TaskGateway, TaskRequest } from './task-gateway.ts';

export interface DispatchCallDeps extends PreferredAgentDeps {
  readonly calls: CallStore;
  readonly facts: DialFactsReader;
  readonly decide: (facts: DialFacts) => Decision;
  readonly tasks: TaskGateway;
  /** Absent where no line hands calls to Webex. */
  readonly orders?: OrderGateway;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'lines' | 'webex'>;
  /** Told of a fault of ours while the task was asked for, which leaves the attempt uncertain. */
  readonly reportFault?: (error: unknown, attemptId: string) => void;
  /** Told of a scheduled callback that Webex does not let us take back. */
  readonly reportRefusal?: (callId: string, words: string) => void;
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
  | SettledOutcome
  | FollowOutcome;

/** A request must have left within this time after the attempt was marked sent; a later one is not made any more. */
export const sendWithinMs = 10_000;

/** How early a message may be: clocks of two machines differ a little. */
const earlyMsMax = 1_000;

/**
 * Places one call if it is due and lawful right now: verdict on fresh facts, claim, mark sent, request, settle.
 * Whatever dies between two steps is found by the sweep, because each step is written before the next is taken.
 */
export async function dispatchCall(deps: DispatchCallDeps, callId: string): Promise<DispatchOutcome> {
  const found = await deps.calls.get(callId);
  if (found?.attempt && deps.orders && found.call.status === 'placed')
    return followOrder({ ...deps, orders: deps.orders }, found.call, found.attempt);
  if (!found || !isDue(found.call, deps.clock.nowMs())) return 'nothing-to-do';
  const { call } = found;
  // A message may be a little early; the verdict is about the instant of sending, so it waits.
  if (call.dueAtMs > deps.clock.nowMs()) await deps.clock.sleep(call.dueAtMs - deps.clock.nowMs());
  const line = deps.settings.lines[call.line];

  const read = await deps.facts.read(call.number, 'dispatch', call);
  const nowMs = deps.clock.nowMs();
  const handedOver = handOverNow(deps, call, read, nowMs);
  const decision =
    handedOver?.decision ??
    deps.decide({ ...dialFacts(call, read, nowMs), ...(line?.hours && { lineHours: line.hours }) });
  const refusal = unlessAllowed(call, decision, nowMs);
  if (refusal) return ended(await deps.calls.commit(transition(call, undefined, refusal.event)), refusal.outcome);
  if (!line) throw new Error(`Call ${call.id} names line ${call.line}, which the settings do not have.`);

  const agent: AgentChoice = handedOver ? { go: 'as-asked' } : await chooseAgent(deps, line, call, nowMs);
  if (agent.go === 'later') {
    const deferral: CallEvent = { type: 'deferred', atMs: nowMs, ...agent, decision };
    return ended(await deps.calls.commit(transition(call, undefined, deferral)), 'deferred');
  }

  const claimed = transition(call, undefined, claimOf(handedOver, read.attemptLog, decision, nowMs));
  if ((await deps.calls.commit(claimed, read.attemptLog)) !== 'committed') return 'conflict';

  const sentAtMs = deps.clock.nowMs();
  const sent = transition(claimed.call, claimed.attempt?.next, { type: 'marked-sent', atMs: sentAtMs });
  const marked = await deps.calls.commit(sent);
  if (marked === 'suppressed') {
    const detail = 'Suppressed before sending.';
    return settle(deps, claimed, { type: 'refused-before-sending', atMs: sentAtMs, detail }, 'refused');
  }
  if (marked !== 'committed') return 'conflict';

  const dialed = agent.go === 'to-anyone' ? toAnyone(call) : call;
  const answer = await ask(deps, dialed, claimed, Math.min(sentAtMs + sendWithinMs, call.expiresAtMs));
  const { event, outcome } = settlement(answer, deps.clock.nowMs(), claimed);
  return settle(deps, sent, event, outcome);
}

/** Asks Webex to call, now or in the window. Whatever is thrown after the mark "sent" may have been thrown after the request left. */
async function ask(deps: DispatchCallDeps, call: Call, claimed: Change, deadlineMs: EpochMs): Promise<TaskAnswer> {
  const order = claimed.attempt?.next.order;
  try {
    if (order && deps.orders) return await deps.orders.place(callbackOrder(call, order), deadlineMs);
    return await deps.tasks.createTask(taskRequest(deps.settings, call, claimed.call.attemptCount), deadlineMs);
  } catch (error) {
    deps.reportFault?.(error, attemptIdOf(call.id, claimed.call.attemptCount));
    return { outcome: 'uncertain', cause: `fault: ${error instanceof Error ? error.name : 'unknown'}` };
  }
}

/** The order for a call that Webex is to hold, where that is still possible and lawful. */
function handOverNow(
  deps: DispatchCallDeps,
  call: Call,
  read: Awaited<ReturnType<DialFactsReader['read']>>,
  nowMs: EpochMs,
): HandOver | undefined {
  const line = deps.settings.lines[call.line];
  if (!line || !deps.orders || call.heldBy !== 'webex') return undefined;
  return handOver({ decide: deps.decide, line, agents: deps.settings.webex.agents }, call, read, nowMs);
}

/** A call that Webex holds counts against the caps of the time when Webex calls. */
function claimOf(
  handedOver: HandOver | undefined,
  { attemptsMs }: AttemptLog,
  decision: Decision,
  nowMs: EpochMs,
): CallEvent {
  if (!handedOver) return { type: 'claimed', atMs: freeInstant(attemptsMs, nowMs), decision };
  const { order } = handedOver;
  const countedAtMs = freeInstant(attemptsMs, order.fromMs);
  return { type: 'claimed', atMs: nowMs, decision, ordered: { order, countedAtMs } };
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
        : {
            event: { type: 'deferred', atMs: nowMs, untilMs: lookAgainMs(decision, nowMs), decision },
            outcome: 'deferred',
          };
  }
}

/** The next lawful instant; where a ban is all that it waits for, at the latest when the ban may have been lifted. */
const lookAgainMs = ({ untilMs, because }: Decision & { readonly verdict: 'defer' }, nowMs: EpochMs): EpochMs =>
  isBan(because) ? Math.min(untilMs, nowMs + BAN_RECHECK_MS) : untilMs;

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

/** Tries to write an answer again; the pauses between them come to 1.5 s. */
const settlingTriesMax = 5;
const settlingPauseMs = 100;

/**
 * Writes what came of the attempt. A definite answer is not given up for a write that met others': where the sweep or a webhook
 * has moved the call meanwhile it still settles an attempt that they left uncertain, and where nothing has changed it is
 * written again.
 */
async function settle(
  deps: DispatchCallDeps,
  before: Pick<Change, 'call' | 'attempt'>,
  event: CallEvent,
  outcome: DispatchOutcome,
): Promise<DispatchOutcome> {
  const { id, status } = before.attempt?.next ?? {};
  let [call, attempt] = [before.call, before.attempt?.next];
  for (let tries = 1; ; tries += 1) {
    const committed = await deps.calls.commit(transition(call, attempt, event));
    if (committed === 'committed' || outcome === 'uncertain' || tries === settlingTriesMax)
      return ended(committed, outcome);
    const now = await deps.calls.get(call.id);
    const isOpen = now?.attempt?.id === id && (now?.attempt?.status === 'uncertain' || now?.attempt?.status === status);
    if (!now || !isOpen) return 'conflict';
    [call, attempt] = [now.call, now.attempt];
    await deps.clock.sleep(settlingPauseMs * 2 ** (tries - 1));
  }
}

const ended = (committed: Awaited<ReturnType<CallStore['commit']>>, outcome: DispatchOutcome): DispatchOutcome =>
  committed === 'committed' ? outcome : 'conflict';
