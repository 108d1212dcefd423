import type { Decision, DialFacts } from '../policy/types.ts';
import type { Line, Settings } from '../settings/schema.ts';
import type { EpochMs } from '../shared/clock.ts';
import { type Attempt, type AttemptOrder, type Call, countedMs } from './call.ts';
import { dialFacts } from './dial-facts.ts';
import type { CallbackOrder } from './order-gateway.ts';
import type { DialFactsReader } from './ports.ts';
import { scheduledNameLengthMax, scheduledNumberLengthMax, windowProblem } from './scheduled-window.ts';

type FactsRead = Awaited<ReturnType<DialFactsReader['read']>>;

export interface HandOverRules {
  readonly decide: (facts: DialFacts) => Decision;
  readonly line: Line;
  readonly agents: Settings['webex']['agents'];
}

/** A call whose whole window may be handed to Webex: the order, and the verdict at its start. */
export interface HandOver {
  readonly order: AttemptOrder;
  readonly decision: Decision;
}

/** How close the instants of a window are that are weighed; hours and bans change at the minute, but hardly for less than this. */
const stepMs = 5 * 60_000;

/**
 * The order for a callback that Webex may hold for its window: the line wants it, the window is within Webex's limits, and
 * dialing is lawful in every part of it, because Webex says nothing about when in the window it will call.
 * Undefined where Ringback has to hold the call itself.
 */
export function handOver(rules: HandOverRules, call: Call, read: FactsRead, nowMs: EpochMs): HandOver | undefined {
  const order = orderFor(rules, call, nowMs);
  if (!order) return undefined;
  const decision = weighWindow(rules, call, order, read);
  return decision.verdict === 'allow' ? { order, decision } : undefined;
}

/** The verdict over a whole window: the one at its start, or the first that does not allow. */
export function weighWindow(
  { decide, line }: Pick<HandOverRules, 'decide' | 'line'>,
  call: Call,
  { fromMs, toMs }: Pick<AttemptOrder, 'fromMs' | 'toMs'>,
  read: FactsRead,
): Decision {
  const weigh = (atMs: EpochMs): Decision =>
    decide({
      ...dialFacts({ ...call, window: { fromMs, toMs } }, read, atMs),
      ...(line.hours && { lineHours: line.hours }),
    });
  const atStart = weigh(fromMs);
  for (let atMs = fromMs; atMs < toMs; atMs += stepMs) {
    const decision = atMs === fromMs ? atStart : weigh(atMs);
    if (decision.verdict !== 'allow') return decision;
  }
  const atEnd = weigh(toMs - 1);
  return atEnd.verdict === 'allow' ? atStart : atEnd;
}

function orderFor({ line, agents }: HandOverRules, call: Call, nowMs: EpochMs): AttemptOrder | undefined {
  const { customer, window, number, kind } = call;
  if (line.future !== 'webex' || line.queueId === undefined || kind !== 'callback') return undefined;
  if (window?.toMs === undefined || number.length > scheduledNumberLengthMax) return undefined;
  if ((customer.name?.length ?? 0) > scheduledNameLengthMax) return undefined;
  const { fromMs, toMs } = window;
  const timeZone = customer.timeZone ?? line.hours?.timeZone ?? 'UTC';
  if (windowProblem({ fromMs, toMs, timeZone }, nowMs) !== undefined) return undefined;
  const assigneeAgent = assigneeOf(line, agents, customer.preferredAgent);
  return { fromMs, toMs, timeZone, queueId: line.queueId, ...(assigneeAgent && { assigneeAgent }) };
}

/** An agent whose user id nobody wrote down is left out: whoever is free calls. */
const assigneeOf = (
  line: Line,
  agents: Settings['webex']['agents'],
  preferredAgent: string | undefined,
): string | undefined =>
  line.preferredAgent?.as === 'assignee' && preferredAgent ? agents[preferredAgent.toLowerCase()] : undefined;

/** What Webex is asked for. It wants a name; a person who told none is shown by the number. */
export const callbackOrder = (call: Call, order: AttemptOrder): CallbackOrder => ({
  ...order,
  number: call.number,
  customerName: call.customer.name || call.number,
  ...(call.customer.reason && { reason: call.customer.reason }),
});

/** The call as it would be weighed if its order were not with Webex. */
export const notPlaced = (call: Call): Call => ({ ...call, placedCount: call.placedCount - 1 });

/** The attempts of a number without the one that counts for the order itself. */
export function withoutOwnCount(read: FactsRead, attempt: Attempt): FactsRead {
  const attemptsMs = read.attemptLog.attemptsMs.filter((countedAtMs) => countedAtMs !== countedMs(attempt));
  return { ...read, attemptLog: { ...read.attemptLog, attemptsMs } };
}
