import type { BasisEvidence, DialFacts, Decision, Purpose } from '../policy/types.ts';
import { type Phone, parsePhone } from '../phone/parse-phone.ts';
import type { Line, Settings } from '../settings/schema.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import { derivedToken, randomToken, sha256 } from '../shared/digest.ts';
import type { FieldError } from '../shared/field-error.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import type { Call, Customer } from './call.ts';
import { graceMs } from './lifecycle.ts';
import type { AttemptLog, CallStore, DialFactsReader, IdempotencyRecords, IdempotentRequest } from './ports.ts';
import { holdsToken } from './read-call.ts';
import { type SlotWish, windowOf } from './window.ts';

export interface RequestCallDeps {
  readonly calls: CallStore;
  readonly facts: DialFactsReader;
  readonly idempotency: IdempotencyRecords;
  readonly decide: (facts: DialFacts) => Decision;
  readonly clock: Clock;
  /** UUID version 7: sorts by time, and is a valid name for a timer. */
  readonly newId: () => string;
  readonly settings: Pick<Settings, 'lines' | 'countries' | 'consent'>;
}

export interface RequestCallCommand {
  readonly phone: string;
  readonly country?: string | undefined;
  readonly line: string;
  readonly when: 'now' | SlotWish;
  readonly customer: Customer;
  readonly consent: {
    readonly version: string;
    readonly evidence: Omit<BasisEvidence, 'atMs' | 'wordingVersion' | 'wordingSha256'>;
  };
  readonly idempotencyKey?: string | undefined;
}

/** What the public may learn about a request that was not taken. */
export type RequestCallFailure =
  | { readonly code: 'invalid-request'; readonly errors: readonly FieldError[] }
  | { readonly code: 'number-not-callable' }
  | { readonly code: 'idempotency-key-reused' }
  | { readonly code: 'request-in-progress' };

export interface AcceptedCall {
  readonly call: Call;
  /** Only for who asked first. */
  readonly manageToken?: string;
}

/** How long an `Idempotency-Key` repeats the same answer. */
export const idempotencyMs = 24 * 3_600_000;

/**
 * Takes a request to be called: checks it, weighs the policy, and writes call, lock and decision in one transaction;
 * where the policy denies it, the refused call and the decision.
 * A repeat for the same number and line while that call is open gives the same call and no manage token.
 */
export async function requestCall(
  deps: RequestCallDeps,
  command: RequestCallCommand,
): Promise<Result<AcceptedCall, RequestCallFailure>> {
  const nowMs = deps.clock.nowMs();
  const checked = check(deps.settings, command, nowMs);
  if (!checked.ok) return checked;
  const { line, phone, window } = checked.value;

  const request = idempotentRequest(command, phone.number, nowMs);
  const [facts, earlier] = await Promise.all([
    deps.facts.read(phone.number, 'request'),
    request ? deps.idempotency.find(request.keySha256) : undefined,
  ]);
  if (request && earlier && earlier.expiresAtMs > nowMs) return repeat(deps, command, request, earlier);

  const draft = draftCall(deps, command, { number: phone.number, line, window, nowMs });
  const decision = deps.decide({ ...dialFacts(draft, facts, nowMs), ...(line.hours && { lineHours: line.hours }) });
  const dueAtMs = decision.verdict === 'defer' ? decision.untilMs : nowMs;
  const manageToken =
    request && command.idempotencyKey ? derivedToken(command.idempotencyKey, request.tokenSalt) : randomToken();
  const call =
    decision.verdict === 'deny' || dueAtMs >= draft.expiresAtMs
      ? refused(draft, decision)
      : { ...draft, dueAtMs, manageTokenSha256: sha256(manageToken) };

  const accepted = await deps.calls.accept(call, decision, request);
  if (accepted.outcome === 'accepted') return wasRefused(call) ? fail(notCallable) : ok({ call, manageToken });
  if (accepted.outcome === 'open') {
    const kept = request ? await deps.idempotency.remember(request, accepted.callId, nowMs) : 'remembered';
    if (kept === 'remembered') return openCall(deps, accepted.callId);
  }
  // A request with the same key ran at the same time and was first: its answer is the one to give.
  const twin = request && (await deps.idempotency.find(request.keySha256));
  return request && twin && twin.expiresAtMs > nowMs
    ? repeat(deps, command, request, twin)
    : fail({ code: 'request-in-progress' });
}

const notCallable = { code: 'number-not-callable' } as const;

/** A request that the policy denies leaves a record as well: a call that was refused at once, with the verdict. */
const refused = ({ checkAtMs: _none, ...draft }: Call, decision: Decision): Call => ({
  ...draft,
  status: 'refused',
  outcome: isListed(decision) ? 'suppressed' : 'not-callable',
  endedAtMs: draft.requestedAtMs,
});

/** Whether a call was refused at the request; one that was accepted and refused later has had a change since. */
const wasRefused = (call: Call): boolean => call.status === 'refused' && call.version === 1;

/** Whether a do-not-call list made the verdict. */
export const isListed = (decision: Decision): boolean => decision.facts.lists.some((list) => list.state === 'listed');

function check(
  settings: RequestCallDeps['settings'],
  command: RequestCallCommand,
  nowMs: EpochMs,
): Result<{ line: Line; phone: Phone; window?: NonNullable<Call['window']> }, RequestCallFailure> {
  const errors: FieldError[] = [];
  const line = settings.lines[command.line];
  if (!line)
    errors.push({ pointer: '/line', detail: `line must be one of ${Object.keys(settings.lines).join(', ')}.` });
  const phone = parsePhone(command.phone, command.country);
  if (!phone.ok) errors.push({ pointer: '/phone', detail: `phone ${phone.failure.detail}.` });
  const countries = line?.countries ?? settings.countries;
  if (phone.ok && !(phone.value.country && countries.includes(phone.value.country))) {
    errors.push({
      pointer: '/phone',
      detail: `phone must be a number in ${countries.join(', ')}: we do not call other countries.`,
    });
  }
  if (command.consent.version !== settings.consent.current) {
    errors.push({
      pointer: '/consent/version',
      detail: `consent.version must be ${settings.consent.current}, the wording in force; reload the form.`,
    });
  }
  const window =
    command.when === 'now' ? ok(undefined) : windowOf(command.when, command.customer.timeZone ?? 'UTC', nowMs);
  if (!window.ok) errors.push(window.failure);
  if (errors.length > 0 || !line || !phone.ok || !window.ok) return fail({ code: 'invalid-request', errors });
  return ok({ line, phone: phone.value, ...(window.value && { window: window.value }) });
}

function draftCall(
  deps: RequestCallDeps,
  command: RequestCallCommand,
  { number, line, window, nowMs }: { number: string; line: Line; window?: Call['window']; nowMs: EpochMs },
): Call {
  const purpose: Purpose = 'requested';
  const { version } = command.consent;
  const wording =
    deps.settings.consent.wordings[version]?.[command.consent.evidence.language ?? 'en'] ??
    deps.settings.consent.wordings[version]?.en ??
    '';
  const expiresAtMs = window?.toMs ?? nowMs + line.expiresAfterHours * 3_600_000;
  return {
    id: deps.newId(),
    version: 1,
    status: 'accepted',
    kind: 'callback',
    purpose,
    line: command.line,
    number,
    requestedAtMs: nowMs,
    dueAtMs: nowMs,
    expiresAtMs,
    ...(window && { window }),
    checkAtMs: nowMs + graceMs.timer,
    attemptCount: 0,
    placedCount: 0,
    bases: [
      {
        type: 'request',
        purpose,
        startMs: nowMs,
        evidence: { ...command.consent.evidence, atMs: nowMs, wordingVersion: version, wordingSha256: sha256(wording) },
      },
    ],
    customer: command.customer,
    attributes: {},
  };
}

/** The facts about a call that is weighed now, from the call and from what was just read. */
export function dialFacts(
  call: Call,
  read: { lists: DialFacts['lists']; attemptLog: AttemptLog; bans: DialFacts['bans'] },
  nowMs: EpochMs,
): DialFacts {
  return {
    number: call.number,
    atMs: nowMs,
    kind: call.kind,
    purpose: call.purpose,
    bases: call.bases,
    lists: read.lists,
    attemptsMs: read.attemptLog.attemptsMs,
    attemptsOfCall: call.placedCount,
    ...(call.customer.address && { address: call.customer.address }),
    ...(call.customer.timeZone && { browserTimeZone: call.customer.timeZone }),
    ...(call.window && { window: call.window }),
    bans: read.bans,
  };
}

function idempotentRequest(command: RequestCallCommand, number: string, nowMs: EpochMs): IdempotentRequest | undefined {
  if (command.idempotencyKey === undefined) return undefined;
  const { phone: _phone, country: _country, idempotencyKey, consent, ...rest } = command;
  return {
    keySha256: sha256(idempotencyKey),
    requestSha256: sha256(JSON.stringify({ ...rest, number, consentVersion: consent.version })),
    tokenSalt: randomToken(),
    expiresAtMs: nowMs + idempotencyMs,
  };
}

async function repeat(
  deps: RequestCallDeps,
  command: RequestCallCommand,
  request: IdempotentRequest,
  earlier: IdempotentRequest & { callId: string },
): Promise<Result<AcceptedCall, RequestCallFailure>> {
  if (earlier.requestSha256 !== request.requestSha256) return fail({ code: 'idempotency-key-reused' });
  const found = await deps.calls.get(earlier.callId);
  if (!found) return fail({ code: 'request-in-progress' });
  if (wasRefused(found.call)) return fail(notCallable);
  // The first answer had no token where it led to a call that somebody else had asked for.
  const manageToken = derivedToken(command.idempotencyKey ?? '', earlier.tokenSalt);
  return ok({ call: found.call, ...(holdsToken(found.call, manageToken) && { manageToken }) });
}

async function openCall(deps: RequestCallDeps, callId: string): Promise<Result<AcceptedCall, RequestCallFailure>> {
  const found = await deps.calls.get(callId);
  if (!found) return fail({ code: 'request-in-progress' });
  return ok({ call: found.call });
}
