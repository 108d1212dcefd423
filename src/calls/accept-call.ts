import type { Decision, DialFacts } from '../policy/types.ts';
import type { SlotBooking } from '../slots/ports.ts';
import type { Line } from '../settings/schema.ts';
import { derivedToken, randomToken, sha256 } from '../shared/digest.ts';
import type { FieldError } from '../shared/field-error.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import type { Call } from './call.ts';
import { dialFacts, isListed } from './dial-facts.ts';
import type { AcceptOutcome, CallStore, DialFactsReader, IdempotencyRecords, IdempotentRequest } from './ports.ts';
import { holdsToken } from './read-call.ts';

export interface AcceptCallDeps {
  readonly calls: CallStore;
  readonly facts: DialFactsReader;
  readonly idempotency: IdempotencyRecords;
  readonly decide: (facts: DialFacts) => Decision;
}

/** A checked request, before the policy was asked. */
export interface CallDraft {
  readonly call: Call;
  readonly line: Line;
  /** Whether who asked gets a token to manage the call with. */
  readonly isManaged: boolean;
  /** The slot that the call is to have a place in; why there is none, where the request is not the repeat of an earlier one. */
  readonly booking?: Result<SlotBooking, FieldError> | undefined;
  readonly idempotency?: {
    readonly key: string;
    /** What must be the same again for a repeat of the request; its hash is kept. */
    readonly request: string;
  };
}

export interface AcceptedCall {
  readonly call: Call;
  /** Only for who asked first. */
  readonly manageToken?: string;
}

export type AcceptFailure =
  | { readonly code: 'invalid-request'; readonly errors: readonly FieldError[] }
  /** The policy denies it; the refused call is on record under its id. */
  | { readonly code: 'number-not-callable'; readonly callId: string }
  /** The policy finds no lawful instant in the wished time; the refused call is on record under its id. */
  | { readonly code: 'time-not-callable'; readonly callId: string }
  /** The slot is full; nothing was written. */
  | { readonly code: 'slot-taken' }
  | { readonly code: 'idempotency-key-reused' }
  | { readonly code: 'request-in-progress' };

/** How long an `Idempotency-Key` repeats the same answer. */
export const idempotencyMs = 24 * 3_600_000;

/**
 * Weighs the policy and writes call, lock and decision in one transaction; where the policy denies it, the refused call and
 * the decision. A repeat for the same number and line while that call is open gives the same call and no manage token.
 */
export async function acceptCall(deps: AcceptCallDeps, draft: CallDraft): Promise<Result<AcceptedCall, AcceptFailure>> {
  const { line, idempotency } = draft;
  const nowMs = draft.call.requestedAtMs;
  const request = idempotentRequest(draft);
  const [facts, earlier] = await Promise.all([
    deps.facts.read(draft.call.number, 'request', draft.call),
    request ? deps.idempotency.find(request.keySha256) : undefined,
  ]);
  if (request && earlier && earlier.expiresAtMs > nowMs) return repeat(deps, draft, request, earlier);
  if (draft.booking?.ok === false) return fail({ code: 'invalid-request', errors: [draft.booking.failure] });

  const weighed = dialFacts(draft.call, facts, nowMs);
  const decision = deps.decide({ ...weighed, ...(line.hours && { lineHours: line.hours }) });
  const manageToken = request && idempotency ? derivedToken(idempotency.key, request.tokenSalt) : randomToken();
  const call = decided(draft, decision, manageToken);

  const accepted = await write(deps, draft, { call, decision, request, slotTaken: facts.slotTaken });
  if (accepted.outcome === 'accepted') {
    if (wasRefused(call)) return fail(refusalOf(call));
    return ok({ call, ...(draft.isManaged && { manageToken }) });
  }
  if (accepted.outcome === 'slot-taken') return fail({ code: 'slot-taken' });
  if (accepted.outcome === 'open') {
    const kept = request ? await deps.idempotency.remember(request, accepted.callId, nowMs) : 'remembered';
    if (kept === 'remembered') return openCall(deps, accepted.callId);
  }
  // A request with the same key ran at the same time and was first: its answer is the one to give.
  const twin = request && (await deps.idempotency.find(request.keySha256));
  return request && twin && twin.expiresAtMs > nowMs
    ? repeat(deps, draft, request, twin)
    : fail({ code: 'request-in-progress' });
}

/**
 * Writes the call. A slot that was full a moment ago is not tried, so that most of those who come late cost no transaction;
 * who has an open call already is told of that one, also where it has the slot's last place.
 */
async function write(
  { calls }: AcceptCallDeps,
  { booking: booked }: CallDraft,
  {
    call,
    decision,
    request,
    slotTaken = 0,
  }: {
    readonly call: Call;
    readonly decision: Decision;
    readonly request: IdempotentRequest | undefined;
    readonly slotTaken: number | undefined;
  },
): Promise<AcceptOutcome> {
  const booking = booked?.ok ? booked.value : undefined;
  if (!booking || wasRefused(call)) return calls.accept(call, decision, request);
  const accepted: AcceptOutcome =
    slotTaken < booking.capacity ? await calls.accept(call, decision, request, booking) : { outcome: 'slot-taken' };
  if (accepted.outcome !== 'slot-taken') return accepted;
  const [open] = await calls.openCallIds(call.number, [call.line]);
  return open === undefined ? accepted : { outcome: 'open', callId: open };
}

/** The call as the verdict makes it: due, or refused at once. */
function decided({ call, isManaged }: CallDraft, decision: Decision, manageToken: string): Call {
  const dueAtMs = decision.verdict === 'defer' ? decision.untilMs : call.dueAtMs;
  if (decision.verdict !== 'deny' && dueAtMs < call.expiresAtMs)
    return { ...call, dueAtMs, ...(isManaged && { manageTokenSha256: sha256(manageToken) }) };
  const { checkAtMs: _none, slot: _noPlace, ...refused } = call;
  const isTooLate = call.window !== undefined && decision.verdict === 'deny' && decision.because === 'window-over';
  return {
    ...refused,
    status: 'refused',
    outcome: isListed(decision) ? 'suppressed' : isTooLate ? 'window-over' : 'not-callable',
    endedAtMs: call.requestedAtMs,
  };
}

/** Whether a call was refused at the request; one that was accepted and refused later has had a change since. */
const wasRefused = (call: Call): boolean => call.status === 'refused' && call.version === 1;

const refusalOf = ({ id, outcome }: Call): AcceptFailure => ({
  code: outcome === 'window-over' ? 'time-not-callable' : 'number-not-callable',
  callId: id,
});

function idempotentRequest({ call, idempotency }: CallDraft): IdempotentRequest | undefined {
  if (!idempotency) return undefined;
  return {
    keySha256: sha256(idempotency.key),
    requestSha256: sha256(idempotency.request),
    tokenSalt: randomToken(),
    expiresAtMs: call.requestedAtMs + idempotencyMs,
  };
}

async function repeat(
  deps: AcceptCallDeps,
  { idempotency }: CallDraft,
  request: IdempotentRequest,
  earlier: IdempotentRequest & { callId: string },
): Promise<Result<AcceptedCall, AcceptFailure>> {
  if (earlier.requestSha256 !== request.requestSha256) return fail({ code: 'idempotency-key-reused' });
  const found = await deps.calls.get(earlier.callId);
  if (!found) return fail({ code: 'request-in-progress' });
  if (wasRefused(found.call)) return fail(refusalOf(found.call));
  // The first answer had no token where it led to a call that somebody else had asked for.
  const manageToken = derivedToken(idempotency?.key ?? '', earlier.tokenSalt);
  return ok({ call: found.call, ...(holdsToken(found.call, manageToken) && { manageToken }) });
}

async function openCall(deps: AcceptCallDeps, callId: string): Promise<Result<AcceptedCall, AcceptFailure>> {
  const found = await deps.calls.get(callId);
  if (!found) return fail({ code: 'request-in-progress' });
  return ok({ call: found.call });
}
