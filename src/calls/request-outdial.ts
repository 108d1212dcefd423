import type { Basis, Purpose } from '../policy/types.ts';
import type { Settings } from '../settings/schema.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { FieldError } from '../shared/field-error.ts';
import { type Result, fail } from '../shared/result.ts';
import {
  type AcceptCallDeps,
  type AcceptFailure,
  type AcceptedCall,
  type RequestIdentity,
  acceptCall,
} from './accept-call.ts';
import type { Call, Customer } from './call.ts';
import { type Target, checkTarget } from './check-target.ts';
import { graceMs } from './lifecycle.ts';
import { attributeErrors } from './task-attributes.ts';
import { type SlotWish, windowOf } from './window.ts';

export interface RequestOutdialDeps extends AcceptCallDeps {
  readonly clock: Clock;
  /** UUID version 7. */
  readonly newId: () => string;
  readonly settings: Pick<Settings, 'lines' | 'countries'> & {
    readonly webex: Pick<Settings['webex'], 'attemptVariable' | 'agents'>;
  };
}

export interface RequestOutdialCommand extends Target {
  readonly when: 'now' | SlotWish;
  readonly customer: Customer;
  readonly purpose: Extract<Purpose, 'marketing' | 'service'>;
  /** Whether a recording or an automatic system speaks to the person, as a flow does before an agent comes. */
  readonly automated: boolean;
  readonly bases: readonly Basis[];
  /** Flow variables. */
  readonly variables: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string | undefined;
  /** Instead of a key, where a delivery or an event brings the request. */
  readonly identity?: RequestIdentity | undefined;
}

export type RequestOutdialFailure =
  | { readonly code: 'invalid-request'; readonly errors: readonly FieldError[] }
  | AcceptFailure;

/**
 * Takes a call that nobody asked for by the form: an operator's or a trigger's. It goes to a line whose task is EXECUTE_FLOW, is
 * weighed by the same policy as every other call, and is placed after the callbacks where Webex's budget is short.
 */
export async function requestOutdial(
  deps: RequestOutdialDeps,
  command: RequestOutdialCommand,
): Promise<Result<AcceptedCall, RequestOutdialFailure>> {
  const nowMs = deps.clock.nowMs();
  const { line, phone, errors } = checkTarget(deps.settings, command, ({ task }) => task === 'EXECUTE_FLOW');
  const window = command.when === 'now' ? undefined : windowOf(command.when, command.customer.timeZone ?? 'UTC', nowMs);
  const found = [...errors, ...basisErrors(command.bases, nowMs), ...(window && !window.ok ? [window.failure] : [])];
  if (!line || !phone) return fail({ code: 'invalid-request', errors: found });

  const span = window?.ok ? window.value : undefined;
  const call: Call = {
    id: deps.newId(),
    version: 1,
    status: 'accepted',
    kind: 'outdial',
    purpose: command.purpose,
    automated: command.automated,
    line: command.line,
    number: phone.number,
    requestedAtMs: nowMs,
    dueAtMs: nowMs,
    expiresAtMs: span?.toMs ?? nowMs + line.expiresAfterHours * 3_600_000,
    ...(span && { window: span }),
    checkAtMs: nowMs + graceMs.timer,
    attemptCount: 0,
    placedCount: 0,
    bases: command.bases,
    customer: command.customer,
    attributes: command.variables,
  };
  found.push(...attributeErrors({ line, webex: deps.settings.webex }, call));
  if (found.length > 0) return fail({ code: 'invalid-request', errors: found });
  return acceptCall(deps, { call, line, isManaged: false, ...idempotencyOf(command, phone.number) });
}

function basisErrors(bases: readonly Basis[], nowMs: EpochMs): FieldError[] {
  return bases.flatMap((basis, index) => {
    const errors: FieldError[] = [];
    const at = (field: string, words: string) =>
      errors.push({ pointer: `/bases/${index}/${field}`, detail: `bases.${index}.${field} ${words}.` });
    if (basis.startMs > nowMs) at('start', 'must not be in the future');
    if (basis.expiryMs !== undefined && basis.expiryMs <= basis.startMs) at('expiry', 'must be later than start');
    return errors;
  });
}

function idempotencyOf(
  { idempotencyKey, identity, phone: _phone, country: _country, ...rest }: RequestOutdialCommand,
  number: string,
): { readonly idempotency?: RequestIdentity } {
  if (identity) return { idempotency: identity };
  if (idempotencyKey === undefined) return {};
  return { idempotency: { key: idempotencyKey, request: JSON.stringify({ ...rest, number }) } };
}
