import { type RequestIdentity, idempotencyMs } from '../calls/accept-call.ts';
import type { TriggerSource } from '../settings/trigger-schema.ts';
import { sha256 } from '../shared/digest.ts';
import type { FieldError } from '../shared/field-error.ts';
import { readPointer } from './read-pointer.ts';
import type { Delivery, SignedDelivery } from './verify-signature.ts';

/** A delivery whose signature fits and whose body is JSON. */
export interface VerifiedDelivery {
  readonly sourceName: string;
  readonly source: TriggerSource;
  readonly delivery: Delivery;
  readonly signed: SignedDelivery;
  readonly json: unknown;
}

/** Senders by Standard Webhooks try for three days (its example schedule). */
const retriedMs = 7 * 86_400_000;

/**
 * What makes a delivery the same one when it comes again: the signed id, else the id in the body, else the body itself.
 * @param asked what the delivery asks for in our words; the same id with something else is refused.
 * @param callsKeptMs how long calls are kept, in milliseconds.
 */
export function identityOf(verified: VerifiedDelivery, asked: object, callsKeptMs: number): RequestIdentity {
  const { sourceName, delivery, signed } = verified;
  const id = idOf(verified);
  const told = id === undefined ? `body:${sha256(delivery.body)}` : `id:${JSON.stringify(id)}`;
  return {
    // A line break stands in no header, so no `Idempotency-Key` is ever the same.
    key: `trigger\n${sourceName}\n${told}`,
    request: JSON.stringify(asked),
    deliverySha256: signed.sha256,
    keptMs: knownMs(verified, callsKeptMs),
  };
}

/** For how long a delivery is known again. Without a signed time none grows stale, so it must be for as long as the call itself. */
export function knownMs(verified: VerifiedDelivery, callsKeptMs: number): number {
  if (!verified.signed.isStamped) return callsKeptMs;
  return idOf(verified) === undefined ? idempotencyMs : retriedMs;
}

const idOf = ({ signed, source, json }: VerifiedDelivery): unknown =>
  signed.id ?? (source.mapping.id === undefined ? undefined : readPointer(json, source.mapping.id));

/** What is wrong with the whole of a body. One delivery asks for one call: of a list of several, all but one would be lost. */
export function shapeErrors(json: unknown, { signature, mapping }: TriggerSource): FieldError[] {
  if (typeof json !== 'object' || json === null) return [{ pointer: '', detail: 'The body must be a JSON object.' }];
  if (Array.isArray(json) && json.length !== 1)
    return [{ pointer: '', detail: `A list must hold exactly one event, got ${json.length}; send each by itself.` }];
  if (signature.form === 'standard-webhooks' || mapping.id === undefined) return [];
  const id = readPointer(json, mapping.id);
  if ((typeof id === 'string' && id !== '' && id.length <= 200) || Number.isSafeInteger(id)) return [];
  return [{ pointer: mapping.id, detail: `${mapping.id} must hold the id of the event: text or a whole number.` }];
}
