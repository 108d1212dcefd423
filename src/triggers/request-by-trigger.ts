import * as z from 'zod/mini';
import { RequestCallbackSchema } from '../../events/request-callback/schema.ts';
import { RequestOutdialSchema } from '../../events/request-outdial/schema.ts';
import { InstantSchema, plainText } from '../../events/common.ts';
import type { AcceptFailure, AcceptedCall, RequestIdentity } from '../calls/accept-call.ts';
import { outdialCommand } from '../calls/outdial-command.ts';
import { type RequestCallDeps, type RequestCallFailure, requestCall } from '../calls/request-call.ts';
import { requestOutdial } from '../calls/request-outdial.ts';
import type { TriggerSource } from '../settings/trigger-schema.ts';
import { type FieldError, fieldErrorsOf } from '../shared/field-error.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import { type MappedDelivery, inTheirWords, mapCallback, mapOutdial } from './map-delivery.ts';
import type { TakenTrigger, TriggerRequestFailure } from './taken.ts';

export type RequestByTriggerDeps = RequestCallDeps;

type Taken = Result<TakenTrigger, TriggerRequestFailure>;

/** Asks for the outdial that a source stands for, as `POST /v1/calls` would. */
export async function requestOutdialByTrigger(
  deps: RequestByTriggerDeps,
  source: TriggerSource,
  json: unknown,
  identify: (asked: object) => RequestIdentity,
): Promise<Taken> {
  const mapped = mapOutdial(source, json, deps.settings.consent.wordings);
  const body = z.safeParse(RequestOutdialSchema, mapped.body);
  if (!body.success || mapped.errors.length > 0) return fail(invalid(mapped, body.error));
  return told(mapped, await requestOutdial(deps, { ...outdialCommand(body.data), identity: identify(mapped.body) }));
}

/** What proves a callback that was asked for elsewhere. */
const AskedSchema = z.object({
  askedAt: InstantSchema,
  clientAddress: z.optional(plainText(45)),
  originPage: z.optional(plainText(2_000)),
  language: z.optional(plainText(35)),
});

/** Asks for the callback that a person asked the sender for, as the form would have done then. */
export async function requestCallback(
  deps: RequestByTriggerDeps,
  source: TriggerSource,
  json: unknown,
  identify: (asked: object) => RequestIdentity,
): Promise<Taken> {
  const mapped = mapCallback(source, json);
  const { askedAt, clientAddress, originPage, language, ...rest } = mapped.body;
  const version = source.basis?.wording ?? '';
  const body = z.safeParse(RequestCallbackSchema, { ...rest, consent: { version, accepted: true } });
  const asked = z.safeParse(AskedSchema, { askedAt, clientAddress, originPage, language });
  if (!body.success || !asked.success || mapped.errors.length > 0)
    return fail(invalid(mapped, body.error, asked.error));
  const { askedAt: at, ...evidence } = asked.data;
  const { phone, country, line, name, email, reason, preferredAgent, timeZone } = body.data;
  const requested = await requestCall(deps, {
    phone,
    country,
    line,
    when: 'now',
    customer: present({ name, email, reason, preferredAgent, timeZone }),
    consent: { version, evidence: present(evidence) },
    askedAtMs: Date.parse(at),
    identity: identify(mapped.body),
  });
  return told(mapped, requested);
}

function told(mapped: MappedDelivery, requested: Result<AcceptedCall, RequestCallFailure | AcceptFailure>): Taken {
  if (requested.ok) {
    const { call, repeats } = requested.value;
    return ok({ led: 'to-call', call, ...(repeats && { repeats }) });
  }
  const { failure } = requested;
  switch (failure.code) {
    case 'invalid-request':
      return fail({ code: 'invalid-request', errors: inTheirWords(mapped, failure.errors) });
    case 'number-not-callable':
    case 'time-not-callable':
      // A sender learns that a number is not called, and nothing of the record that says why.
      return fail({ code: 'number-not-callable' });
    case 'idempotency-key-reused':
    case 'request-in-progress':
      return fail({ code: failure.code });
    case 'slot-taken':
      return fail({
        code: 'invalid-request',
        errors: inTheirWords(mapped, [{ pointer: '/when', detail: 'when must be a time that is not fully booked.' }]),
      });
    default:
      throw new Error(`A trigger passes no screen, and was refused with ${failure.code}.`);
  }
}

/** What could not be taken over, and then what the schemas say of the rest; one sentence a place. */
function invalid(
  mapped: MappedDelivery,
  ...found: readonly (z.core.$ZodError | undefined)[]
): Extract<TriggerRequestFailure, { code: 'invalid-request' }> {
  const known = new Set(mapped.errors.map(({ pointer }) => pointer));
  const issues = found.flatMap((error) => fieldErrorsOf(error?.issues ?? []));
  const others: readonly FieldError[] = inTheirWords(mapped, issues).filter(({ pointer }) => !known.has(pointer));
  return { code: 'invalid-request', errors: [...mapped.errors, ...others] };
}

const present = <Fields extends object>(fields: Fields): { [Name in keyof Fields]: Exclude<Fields[Name], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]: Exclude<Fields[Name], undefined>;
  };
