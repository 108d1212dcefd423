import type { BasisEvidence, Purpose } from '../policy/types.ts';
import type { Phone } from '../phone/parse-phone.ts';
import type { Line, Settings } from '../settings/schema.ts';
import type { ScreenRefusal } from '../screen/types.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import { sha256 } from '../shared/digest.ts';
import type { FieldError } from '../shared/field-error.ts';
import type { SlotSpan } from '../slots/slot-grid.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import {
  type AcceptCallDeps,
  type AcceptFailure,
  type AcceptedCall,
  type CallDraft,
  type RequestIdentity,
  acceptCall,
} from './accept-call.ts';
import type { Call, Customer } from './call.ts';
import { checkTarget } from './check-target.ts';
import { graceMs } from './lifecycle.ts';
import type { Screening } from './ports.ts';
import { attributeErrors } from './task-attributes.ts';
import { bookingOf } from './book-slot.ts';
import { type SlotWish, unlawfulTime, windowOf } from './window.ts';

export { type AcceptedCall, idempotencyMs } from './accept-call.ts';

export interface RequestCallDeps extends AcceptCallDeps {
  readonly clock: Clock;
  /** UUID version 7: sorts by time, and is a valid name for a timer. */
  readonly newId: () => string;
  readonly settings: Pick<Settings, 'lines' | 'countries' | 'consent'> & {
    readonly webex: Pick<Settings['webex'], 'attemptVariable' | 'agents'>;
  };
}

export interface RequestCallCommand {
  readonly phone: string;
  readonly country?: string | undefined;
  readonly line: string;
  readonly when: 'now' | SlotWish;
  /** IANA zone of the wish, where it is not the one that the browser told: it is no evidence of where the person is. */
  readonly whenTimeZone?: string | undefined;
  readonly customer: Customer;
  readonly consent: {
    readonly version: string;
    readonly evidence: Omit<BasisEvidence, 'atMs' | 'wordingVersion' | 'wordingSha256'>;
  };
  readonly idempotencyKey?: string | undefined;
  /** Instead of a key, where a delivery brings the request. */
  readonly identity?: RequestIdentity | undefined;
  /** When the person asked, where that was earlier: the call expires as early as if it had come at once. */
  readonly askedAtMs?: EpochMs | undefined;
}

/** What the public may learn about a request that was not taken. */
export type RequestCallFailure =
  | { readonly code: 'invalid-request'; readonly errors: readonly FieldError[] }
  | { readonly code: 'number-not-callable' }
  /** Others were first; nothing was written. */
  | { readonly code: 'slot-taken' }
  | { readonly code: 'idempotency-key-reused' }
  | { readonly code: 'request-in-progress' }
  | ScreenRefusal;

/**
 * Takes a request to be called: checks it, weighs the policy, and writes call, lock and decision in one transaction;
 * where the policy denies it, the refused call and the decision.
 * A repeat for the same number and line while that call is open gives the same call and no manage token.
 * @param screening the abuse screen of this request; the public asks through it.
 */
export async function requestCall(
  deps: RequestCallDeps,
  command: RequestCallCommand,
  screening?: Screening,
): Promise<Result<AcceptedCall, RequestCallFailure>> {
  const nowMs = deps.clock.nowMs();
  const checked = checkRequest(deps.settings, command, nowMs, screening);
  if (!checked.ok) return checked;
  const { line, phone, window, booking } = checked.value;
  const call = draftCall(deps, command, { number: phone.number, line, window, isBooked: booking !== undefined, nowMs });
  const unfit = attributeErrors({ line, webex: deps.settings.webex }, call);
  if (unfit.length > 0) return fail({ code: 'invalid-request', errors: unfit });

  const accepted = await acceptCall(deps, {
    call,
    line,
    isManaged: true,
    booking,
    screening,
    ...idempotencyOf(command, phone.number),
  });
  return accepted.ok ? accepted : fail(forThePublic(accepted.failure));
}

/** The public learns that a number is not called, or not at that time, and nothing of the record that says why. */
function forThePublic(failure: AcceptFailure): RequestCallFailure {
  switch (failure.code) {
    case 'number-not-callable':
      return { code: 'number-not-callable' };
    case 'time-not-callable':
      return { code: 'invalid-request', errors: [unlawfulTime] };
    default:
      return failure;
  }
}

interface CheckedRequest extends Pick<CallDraft, 'line' | 'booking'> {
  readonly phone: Phone;
  readonly window?: SlotSpan;
}

/** What can be told of a request before anything is read: whom to call by which line and when, or what is wrong. */
export function checkRequest(
  settings: RequestCallDeps['settings'],
  command: RequestCallCommand,
  nowMs: EpochMs,
  screening: Screening | undefined,
): Result<CheckedRequest, RequestCallFailure> {
  const target = checkTarget(settings, command, ({ audience }) => audience !== 'operators');
  const { line, phone } = target;
  const screened = line && phone && screening?.number({ ...phone, line: command.line });
  if (screened && !screened.ok) return screened;
  const errors: FieldError[] = [...target.errors];
  if (command.consent.version !== settings.consent.current) {
    errors.push({
      pointer: '/consent/version',
      detail: `consent.version must be ${settings.consent.current}, the wording in force; reload the form.`,
    });
  }
  const wordings = settings.consent.wordings[command.consent.version];
  if (errors.length === target.errors.length && wordings?.[languageOf(command)] === undefined) {
    errors.push({
      pointer: '/consent/language',
      detail: `consent.language must be one of ${Object.keys(wordings ?? {}).join(', ')}: the wording in force has no other.`,
    });
  }
  errors.push(...askedErrors(command.askedAtMs, line, nowMs));
  const window =
    command.when === 'now'
      ? ok(undefined)
      : windowOf(command.when, command.whenTimeZone ?? command.customer.timeZone ?? 'UTC', nowMs);
  if (!window.ok) errors.push(window.failure);
  const span = window.ok ? window.value : undefined;
  const booking = line && span && bookingOf(command.line, line, span, nowMs);
  if (errors.length === 0 && line && phone) return ok({ line, phone, booking, ...(span && { window: span }) });
  return fail({ code: 'invalid-request', errors: booking?.ok === false ? [...errors, booking.failure] : errors });
}

function askedErrors(askedAtMs: EpochMs | undefined, line: Line | undefined, nowMs: EpochMs): FieldError[] {
  if (askedAtMs === undefined || !line) return [];
  const told = (detail: string): FieldError[] => [{ pointer: '/askedAt', detail }];
  if (askedAtMs > nowMs) return told('The time at which the person asked must not be in the future.');
  if (askedAtMs + line.expiresAfterHours * hourMs > nowMs) return [];
  return told(`The person must have asked within the last ${line.expiresAfterHours} hours to be called now.`);
}

const hourMs = 3_600_000;

function draftCall(
  deps: RequestCallDeps,
  command: RequestCallCommand,
  {
    number,
    line,
    window,
    isBooked,
    nowMs,
  }: { number: string; line: Line; window: SlotSpan | undefined; isBooked: boolean; nowMs: EpochMs },
): Call {
  const purpose: Purpose = 'requested';
  const { version } = command.consent;
  const language = languageOf(command);
  const wording = deps.settings.consent.wordings[version]?.[language] ?? '';
  const askedAtMs = command.askedAtMs ?? nowMs;
  const expiresAtMs = window?.toMs ?? askedAtMs + line.expiresAfterHours * hourMs;
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
    ...(isBooked && { slot: window }),
    checkAtMs: nowMs + graceMs.timer,
    attemptCount: 0,
    placedCount: 0,
    bases: [
      {
        type: 'request',
        purpose,
        startMs: askedAtMs,
        evidence: {
          ...command.consent.evidence,
          atMs: askedAtMs,
          language,
          wordingVersion: version,
          wordingSha256: sha256(wording),
        },
      },
    ],
    customer: command.customer,
    attributes: {},
  };
}

/** The language that the wording was shown in; every wording has an English text. */
const languageOf = ({ consent }: RequestCallCommand): string => consent.evidence.language ?? 'en';

function idempotencyOf(command: RequestCallCommand, number: string): Pick<CallDraft, 'idempotency'> {
  const { phone: _phone, country: _country, idempotencyKey, identity, consent, ...rest } = command;
  if (identity) return { idempotency: identity };
  if (idempotencyKey === undefined) return {};
  return {
    idempotency: {
      key: idempotencyKey,
      request: JSON.stringify({ ...rest, number, consentVersion: consent.version }),
    },
  };
}
