import type { Decision, DialFacts } from '../policy/types.ts';
import type { Line, Settings } from '../settings/schema.ts';
import type { Clock } from '../shared/clock.ts';
import type { Attempt, AttemptOrder, Call, Withdrawal } from './call.ts';
import { freeInstant } from './free-instant.ts';
import { callbackOrder, handOver, notPlaced, weighWindow, withoutOwnCount } from './hand-over.ts';
import { orderSpan } from './held-by.ts';
import { type CallEvent, graceMs, transition } from './lifecycle.ts';
import { reviewLeadMs } from './lifecycle-parts.ts';
import type { OrderGateway } from './order-gateway.ts';
import type { CallStore, DialFactsReader } from './ports.ts';
import { type PreferredAgentDeps, isAgentThere } from './preferred-agent.ts';

export interface FollowOrderDeps extends PreferredAgentDeps {
  readonly calls: Pick<CallStore, 'commit'>;
  readonly facts: DialFactsReader;
  readonly decide: (facts: DialFacts) => Decision;
  readonly orders: OrderGateway;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'lines' | 'webex'>;
  /** Told of an order that Webex does not let us take back. */
  readonly reportRefusal?: (callId: string, words: string) => void;
}

export type FollowOutcome =
  | 'nothing-to-do'
  | 'conflict'
  /** Webex did not say what came of it; the sweep has it asked again. */
  | 'put-back'
  | 'reviewed'
  | 'moved'
  | 'withdrawn'
  /** Webex does not have the order any more, and nobody knows yet whether it called. */
  | 'too-late';

/** An order that Webex has, with the call that it is for. */
interface Held {
  readonly call: Call;
  readonly attempt: Attempt;
  readonly order: AttemptOrder;
  readonly callbackId: string;
}

/** How long before the window "not there" proves that Webex did not begin: clocks differ a little. */
const clockSkewMs = 60_000;

/** When Webex is asked again after no clear answer, and after the window has begun. */
const askAgainMs = { soon: 15_000, late: 300_000 } as const;

/**
 * Looks after a call that Webex holds: takes it back or moves it where that was asked for, and weighs it again on fresh facts
 * right before its window. Asking Webex twice for the same is harmless, so whatever dies in between is done again.
 */
export async function followOrder(deps: FollowOrderDeps, call: Call, attempt: Attempt): Promise<FollowOutcome> {
  const { order, callbackId } = attempt;
  if (call.heldBy !== 'webex' || !order || !callbackId || call.withdrawal?.failed) return 'nothing-to-do';
  const held = { call, attempt, order, callbackId };
  if (call.withdrawal) return carryOut(deps, held, call.withdrawal);
  const nowMs = deps.clock.nowMs();
  return nowMs >= order.fromMs - reviewLeadMs && nowMs < order.fromMs ? review(deps, held) : 'nothing-to-do';
}

/**
 * What Webex does not know is weighed here: suppression, bans, caps, hours, and whether the agent has come. An order that somebody
 * has deleted in Webex by hand would be a call that nobody makes, so it is looked for as well.
 */
async function review(deps: FollowOrderDeps, held: Held): Promise<FollowOutcome> {
  const { call, attempt, order } = held;
  const read = await deps.facts.read(call.number, 'dispatch', call);
  const rules = { decide: deps.decide, line: lineOf(deps, call) };
  const decision = weighWindow(rules, notPlaced(call), order, withoutOwnCount(read, attempt));
  const mayGoOn =
    decision.verdict === 'allow' &&
    (await isAgentThere(deps, order.assigneeAgent)) &&
    (await deps.orders.look(held.callbackId)) !== 'gone';
  const atMs = deps.clock.nowMs();
  if (mayGoOn) {
    const checkAtMs = order.fromMs + graceMs.firstOutcomeCheck;
    return commit(deps, held, { type: 'reviewed', atMs, checkAtMs, decision }, 'reviewed');
  }
  const asked = transition(call, attempt, { type: 'withdrawal-asked', atMs, plan: { do: 'hold' }, decision });
  if ((await deps.calls.commit(asked)) !== 'committed' || !asked.call.withdrawal) return 'conflict';
  return carryOut(deps, { ...held, call: asked.call }, asked.call.withdrawal);
}

async function carryOut(deps: FollowOrderDeps, held: Held, { plan }: Withdrawal): Promise<FollowOutcome> {
  if (plan.do !== 'move' || !plan.window) return remove(deps, held);
  const claimed = await claimMove(deps, held, plan.window);
  if (claimed === 'conflict') return 'conflict';
  return claimed ? move(deps, claimed.held, claimed.order) : remove(deps, held);
}

/** Counts the new window against the caps before Webex is asked. Undefined where Ringback has to hold the call for it. */
async function claimMove(
  deps: FollowOrderDeps,
  held: Held,
  window: NonNullable<Call['window']>,
): Promise<{ held: Held; order: AttemptOrder } | 'conflict' | undefined> {
  const { call, attempt } = held;
  if (call.withdrawal?.order) return { held, order: call.withdrawal.order };
  const read = await deps.facts.read(call.number, 'dispatch', call);
  const rules = { decide: deps.decide, line: lineOf(deps, call), agents: deps.settings.webex.agents };
  const atMs = deps.clock.nowMs();
  const planned = handOver(rules, { ...notPlaced(call), window }, withoutOwnCount(read, attempt), atMs);
  if (!planned) return undefined;
  const { order, decision } = planned;
  const countedAtMs = freeInstant(read.attemptLog.attemptsMs, order.fromMs);
  const claimed = transition(call, attempt, { type: 'move-claimed', atMs, order, countedAtMs, decision });
  const committed = await deps.calls.commit(claimed, read.attemptLog);
  if (committed === 'suppressed') return undefined;
  return committed === 'committed' ? { held: { ...held, call: claimed.call }, order } : 'conflict';
}

async function move(deps: FollowOrderDeps, held: Held, order: AttemptOrder): Promise<FollowOutcome> {
  const answer = await deps.orders.move(held.callbackId, callbackOrder(held.call, order));
  switch (answer.outcome) {
    case 'done':
      return commit(deps, held, { type: 'moved', atMs: deps.clock.nowMs() }, 'moved');
    case 'not-there':
      return gone(deps, held);
    case 'refused':
      return remove(deps, held);
    case 'unknown':
      return askAgain(deps, held, answer.retryAfterMs);
  }
}

async function remove(deps: FollowOrderDeps, held: Held): Promise<FollowOutcome> {
  const answer = await deps.orders.remove(held.callbackId);
  switch (answer.outcome) {
    case 'done':
      return commit(deps, held, { type: 'withdrawn', atMs: deps.clock.nowMs() }, 'withdrawn');
    case 'not-there':
      return gone(deps, held);
    case 'refused':
      deps.reportRefusal?.(held.call.id, answer.words);
      return askAgain(deps, held, askAgainMs.late);
    case 'unknown':
      return askAgain(deps, held, answer.retryAfterMs);
  }
}

/** Before its window an order that is not there was taken back; afterwards Webex may have called, which only Search can tell. */
async function gone(deps: FollowOrderDeps, held: Held): Promise<FollowOutcome> {
  const atMs = deps.clock.nowMs();
  const beginsMs = orderSpan(held.call, held.attempt)?.fromMs ?? held.order.fromMs;
  if (atMs >= beginsMs - clockSkewMs)
    return commit(deps, held, { type: 'checked', atMs, checkAtMs: atMs + askAgainMs.late }, 'too-late');
  const isMove = held.call.withdrawal?.plan.do === 'move';
  return commit(deps, held, { type: 'withdrawn', atMs, ...(isMove && { heldBy: 'webex' }) }, 'withdrawn');
}

function askAgain(deps: FollowOrderDeps, held: Held, retryAfterMs: number): Promise<FollowOutcome> {
  const atMs = deps.clock.nowMs();
  const checkAtMs = atMs + Math.max(retryAfterMs, askAgainMs.soon);
  return commit(deps, held, { type: 'checked', atMs, checkAtMs }, 'put-back');
}

async function commit(
  deps: FollowOrderDeps,
  { call, attempt }: Held,
  event: CallEvent,
  outcome: FollowOutcome,
): Promise<FollowOutcome> {
  return (await deps.calls.commit(transition(call, attempt, event))) === 'committed' ? outcome : 'conflict';
}

function lineOf({ settings }: FollowOrderDeps, call: Call): Line {
  const line = settings.lines[call.line];
  if (!line) throw new Error(`Call ${call.id} names line ${call.line}, which the settings do not have.`);
  return line;
}
