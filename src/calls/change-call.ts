import type { Decision, DialFacts } from '../policy/types.ts';
import type { Settings } from '../settings/schema.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import { type Attempt, type Call, isFinal } from './call.ts';
import { type CallEvent, steps, transition } from './lifecycle.ts';
import type { CallStore, DialFactsReader } from './ports.ts';
import { holdsToken } from './read-call.ts';
import type { FieldError } from '../shared/field-error.ts';
import { bookingOf } from './book-slot.ts';
import { dialFacts } from './dial-facts.ts';
import { handOver, notPlaced, withoutOwnCount } from './hand-over.ts';
import { isBeingMoved, isBeingOrdered, pendingChange, waitsAtWebex } from './held-by.ts';
import { type SlotWish, unlawfulTime, windowOf } from './window.ts';

export interface ChangeCallDeps {
  readonly calls: Pick<CallStore, 'get' | 'commit'>;
  readonly facts: DialFactsReader;
  readonly decide: (facts: DialFacts) => Decision;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'lines'> & { readonly webex: Pick<Settings['webex'], 'agents'> };
}

export interface ChangeCallCommand {
  readonly callId: string;
  readonly manageToken: string;
  readonly change:
    | { readonly do: 'cancel' }
    | {
        readonly do: 'reschedule';
        readonly when: 'now' | SlotWish;
        /** IANA zone of the slot; the one of the request where it is left out. */
        readonly timeZone?: string | undefined;
      };
}

export type ChangeCallFailure =
  /** No such call, or the token is not its own: the two look the same. */
  | { readonly code: 'not-found' }
  /** The call is being placed, or is over. */
  | { readonly code: 'too-late' }
  | { readonly code: 'invalid-request'; readonly errors: readonly FieldError[] }
  | { readonly code: 'number-not-callable' }
  /** Others were first; the call keeps its time. */
  | { readonly code: 'slot-taken' }
  /** Others kept changing the call; nothing was changed by this request. */
  | { readonly code: 'request-in-progress' };

/** How often a change is tried when somebody else changed the call meanwhile; each conflict is one step of the call. */
const triesMax = 5;

/**
 * Cancels or reschedules a callback for the holder of its manage token. What is cancelled here is never dialed: the
 * change and a dispatch's claim leave the same state, so only one of them can be written.
 */
export async function changeCall(
  deps: ChangeCallDeps,
  command: ChangeCallCommand,
): Promise<Result<Call, ChangeCallFailure>> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const found = await deps.calls.get(command.callId);
    if (!found || !holdsToken(found.call, command.manageToken)) return fail({ code: 'not-found' });
    const { call } = found;
    // A repeated request to cancel gets the answer of the first one.
    if (command.change.do === 'cancel' && call.outcome === 'cancelled-by-person') return ok(call);
    const nowMs = deps.clock.nowMs();
    const atWebex = waitsAtWebex(call, nowMs);
    if (command.change.do === 'cancel' && atWebex && pendingChange(call) === 'cancel') return ok(call);
    if (isBeingOrdered(call, nowMs) || (atWebex && isBeingMoved(call) && command.change.do === 'reschedule'))
      return fail({ code: 'request-in-progress' });
    if (!atWebex && (isFinal(call.status) || !steps.cancelled.from.includes(call.status)))
      return fail({ code: 'too-late' });

    const planned =
      command.change.do === 'cancel'
        ? ok<CallEvent>({ type: 'cancelled', atMs: nowMs, by: 'person' })
        : await reschedule(deps, call, command.change, atWebex ? found.attempt : undefined);
    if (!planned.ok) return planned;
    const change = transition(call, undefined, atWebex ? askedOfWebex(planned.value) : planned.value);
    const committed = await deps.calls.commit(change);
    if (committed === 'slot-taken') return fail({ code: 'slot-taken' });
    if (committed !== 'committed') continue;
    return planned.value.type === 'kept' ? fail(whyKept(planned.value.decision)) : ok(change.call);
  }
  return fail({ code: 'request-in-progress' });
}

/** Webex is asked by dispatch-call what it may take seconds to answer; the wish is on record before, so that it is not lost. */
function askedOfWebex(wish: CallEvent): CallEvent {
  switch (wish.type) {
    case 'cancelled':
      return { type: 'withdrawal-asked', atMs: wish.atMs, plan: { do: 'cancel', by: wish.by } };
    case 'rescheduled': {
      const { atMs, window, expiresAtMs, decision, booking } = wish;
      const slot = booking && { fromMs: booking.fromMs, toMs: booking.toMs };
      const plan = { do: 'move', expiresAtMs, ...(window && { window }), ...(slot && { slot }) } as const;
      return { type: 'withdrawal-asked', atMs, plan, decision, ...(booking && { booking }) };
    }
    default:
      return wish;
  }
}

/** The event that a wish for another time comes to: a new plan if the policy allows one, else the old one is kept. */
async function reschedule(
  deps: ChangeCallDeps,
  call: Call,
  { when, timeZone }: { when: 'now' | SlotWish; timeZone?: string | undefined },
  ordered: Attempt | undefined,
): Promise<Result<CallEvent, ChangeCallFailure>> {
  const line = deps.settings.lines[call.line];
  if (!line) throw new Error(`Call ${call.id} names line ${call.line}, which the settings do not have.`);
  const atMs = deps.clock.nowMs();
  const wished = when === 'now' ? ok(undefined) : windowOf(when, timeZone ?? call.customer.timeZone ?? 'UTC', atMs);
  if (!wished.ok) return fail({ code: 'invalid-request', errors: [wished.failure] });
  const window = wished.value;
  const expiresAtMs = window?.toMs ?? atMs + line.expiresAfterHours * 3_600_000;

  // Who wishes for the time that the call has already keeps the place, also where the slot is full or begins soon.
  const isKept = window !== undefined && call.slot?.fromMs === window.fromMs && call.slot.toMs === window.toMs;
  const booked = window && (isKept ? ok({ ...window, capacity: 0 }) : bookingOf(call.line, line, window, atMs));
  if (booked?.ok === false) return fail({ code: 'invalid-request', errors: [booked.failure] });
  const booking = booked?.value;

  const { window: _earlier, slot: _place, ...rest } = ordered ? notPlaced(call) : call;
  const moved: Call = { ...rest, ...(window && { window }), ...(booking && { slot: window }) };
  const facts = await deps.facts.read(call.number, 'request', moved);
  if (booking && !isKept && (facts.slotTaken ?? 0) >= booking.capacity) return fail({ code: 'slot-taken' });
  const read = ordered ? withoutOwnCount(facts, ordered) : facts;
  const decision = deps.decide({ ...dialFacts(moved, read, atMs), ...(line.hours && { lineHours: line.hours }) });
  const lawfulAtMs = dueAt(decision, atMs);
  if (lawfulAtMs === undefined || lawfulAtMs >= expiresAtMs) return ok({ type: 'kept', atMs, decision });
  const rules = { decide: deps.decide, line, agents: deps.settings.webex.agents };
  const isHandedOver = handOver(rules, moved, read, atMs) !== undefined;
  const dueAtMs = isHandedOver ? atMs : lawfulAtMs;
  return ok({
    type: 'rescheduled',
    atMs,
    dueAtMs,
    expiresAtMs,
    decision,
    ...(window && { window }),
    ...(booking && { booking }),
    ...(isHandedOver && { heldBy: 'webex' }),
  });
}

/** The person learns that the time was in the way, where it was, and nothing of what else may stand against the number. */
function whyKept(decision: Decision): ChangeCallFailure {
  const endMs = decision.facts.window?.toMs;
  const isTooLate =
    endMs !== undefined &&
    (decision.verdict === 'deny'
      ? decision.because === 'window-over'
      : decision.verdict === 'defer' && decision.untilMs >= endMs);
  return isTooLate ? { code: 'invalid-request', errors: [unlawfulTime] } : { code: 'number-not-callable' };
}

function dueAt(decision: Decision, nowMs: EpochMs): EpochMs | undefined {
  if (decision.verdict === 'deny') return undefined;
  return decision.verdict === 'defer' ? decision.untilMs : nowMs;
}
