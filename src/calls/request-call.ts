import type { BasisEvidence, DialFacts, Decision, Purpose } from '../policy/types.ts';
import { type Phone, parsePhone } from '../phone/parse-phone.ts';
import type { Line, Settings } from '../settings/schema.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import { derivedToken, randomToken, sha256 } from '../shared/digest.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import type { Call, Customer } from './call.ts';
import { graceMs } from './lifecycle.ts';
import type { AttemptLog, CallStore, DialFactsReader, IdempotencyReader, IdempotentRequest } from './ports.ts';
import { type SlotWish, windowOf } from './window.ts';

export interface RequestCallDeps {
  readonly calls: CallStore;
  readonly facts: DialFactsReader;
  readonly idempotency: IdempotencyReader;
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

export interface FieldError {
  /** JSON pointer into the request body. */
  readonly pointer: string;
  readonly detail: string;
}

export interface AcceptedCall {
  readonly call: Call;
  /** Only for who asked first. */
  readonly manageToken?: string;
}

/** How long an `Idempotency-Key` repeats the same answer. */
export const idempotencyMs = 24 * 3_600_000;

/**
 * Takes a request to be called: checks it, weighs the policy, and writes call, lock and decision in one transaction.
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
  const decision = deps.decide({ ...dialFacts(draft, facts, nowMs), lineHours: line.hours });
  if (decision.verdict === 'deny') return fail({ code: 'number-not-callable' });
  const dueAtMs = decision.verdict === 'defer' ? decision.untilMs : nowMs;
  if (dueAtMs >= draft.expiresAtMs) return fail({ code: 'number-not-callable' });

  const manageToken =
    request && command.idempotencyKey ? derivedToken(command.idempotencyKey, request.tokenSalt) : randomToken();
  const call: Call = { ...draft, dueAtMs, manageTokenSha256: sha256(manageToken) };
  const accepted = await deps.calls.accept(call, decision, request);
  switch (accepted.outcome) {
    case 'accepted':
      return ok({ call, manageToken });
    case 'open':
      return openCall(deps, accepted.callId);
    case 'key-used':
      return fail({ code: 'request-in-progress' });
  }
}

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
  return ok({ call: found.call, manageToken: derivedToken(command.idempotencyKey ?? '', earlier.tokenSalt) });
}

async function openCall(deps: RequestCallDeps, callId: string): Promise<Result<AcceptedCall, RequestCallFailure>> {
  const found = await deps.calls.get(callId);
  if (!found) return fail({ code: 'request-in-progress' });
  return ok({ call: found.call });
}
