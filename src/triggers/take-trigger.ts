import type { RequestIdentity } from '../calls/accept-call.ts';
import type { TriggerSource } from '../settings/trigger-schema.ts';
import type { Clock } from '../shared/clock.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import { type AddContactDeps, addContact } from './add-contact.ts';
import { type VerifiedDelivery, identityOf, knownMs, shapeErrors } from './identity.ts';
import type { DeliveryMarks, SigningSecrets } from './ports.ts';
import { type RequestByTriggerDeps, requestCallback, requestOutdialByTrigger } from './request-by-trigger.ts';
import type { TakenTrigger, TriggerRequestFailure } from './taken.ts';
import { type Delivery, type SignatureFailure, verifySignature } from './verify-signature.ts';

export interface TakeTriggerDeps extends RequestByTriggerDeps, AddContactDeps {
  readonly sources: Readonly<Record<string, TriggerSource>>;
  readonly secrets: SigningSecrets;
  readonly marks: DeliveryMarks;
  /** Senders sign by the time of the world, whatever hour the stack is made to show. */
  readonly worldClock: Pick<Clock, 'nowMs'>;
  /** How long calls are kept, in milliseconds. */
  readonly callsKeptMs: number;
}

export type TakeTriggerFailure =
  | TriggerRequestFailure
  | { readonly code: 'unknown-source' }
  | { readonly code: 'signature-refused'; readonly because: SignatureFailure }
  | { readonly code: 'malformed-json' }
  | { readonly code: 'delivery-replayed' };

/**
 * Takes a signed delivery of a marketing system and asks for what its source stands for, by the same policy as every other
 * request. What marks the delivery as taken is written in the transaction that writes the call. The very same delivery
 * again is a replay; the same message signed anew is its sender's retry and gets the same answer. Neither does anything.
 */
export async function takeTrigger(
  deps: TakeTriggerDeps,
  sourceName: string,
  delivery: Delivery,
): Promise<Result<TakenTrigger, TakeTriggerFailure>> {
  const verified = await verify(deps, sourceName, delivery);
  if (!verified.ok) return verified;
  const { source, json, signed } = verified.value;
  const errors = shapeErrors(json, source);
  if (errors.length > 0) return fail({ code: 'invalid-request', errors });

  const identify = (asked: object): RequestIdentity => identityOf(verified.value, asked, deps.callsKeptMs);
  const taken = await request(deps, { name: sourceName, source }, json, identify);
  if (!taken.ok || taken.value.repeats === undefined) return taken;
  if (taken.value.repeats === 'delivery') return fail({ code: 'delivery-replayed' });
  const untilMs = deps.worldClock.nowMs() + knownMs(verified.value, deps.callsKeptMs);
  const known = await deps.marks.mark(signed.sha256, untilMs);
  return known === 'seen' ? fail({ code: 'delivery-replayed' }) : taken;
}

async function verify(
  deps: TakeTriggerDeps,
  sourceName: string,
  delivery: Delivery,
): Promise<Result<VerifiedDelivery, TakeTriggerFailure>> {
  const source = Object.hasOwn(deps.sources, sourceName) ? deps.sources[sourceName] : undefined;
  if (!source) return fail({ code: 'unknown-source' });
  const secrets = await deps.secrets.of(sourceName);
  const signed = verifySignature(delivery, source, secrets, deps.worldClock.nowMs());
  if (!signed.ok) return fail({ code: 'signature-refused', because: signed.failure });
  try {
    const json: unknown = JSON.parse(delivery.body.toString('utf8'));
    return ok({ sourceName, source, delivery, signed: signed.value, json });
  } catch (error) {
    if (error instanceof SyntaxError) return fail({ code: 'malformed-json' });
    throw error;
  }
}

function request(
  deps: TakeTriggerDeps,
  named: { readonly name: string; readonly source: TriggerSource },
  json: unknown,
  identify: (asked: object) => RequestIdentity,
): Promise<Result<TakenTrigger, TriggerRequestFailure>> {
  const { source } = named;
  switch (source.does) {
    case 'outdial':
      return requestOutdialByTrigger(deps, source, json, identify);
    case 'callback':
      return requestCallback(deps, source, json, identify);
    case 'contact':
      return addContact(deps, named, json, identify);
  }
}
