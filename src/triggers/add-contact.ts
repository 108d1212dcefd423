import { type RequestIdentity, idempotencyMs } from '../calls/accept-call.ts';
import type { TriggerSource } from '../settings/trigger-schema.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import { inTheirWords, mapContact } from './map-delivery.ts';
import type { ContactAdder } from './ports.ts';
import type { TakenTrigger, TriggerRequestFailure } from './taken.ts';

export interface AddContactDeps {
  /** Absent where the settings name no source that adds contacts. */
  readonly contacts?: ContactAdder;
}

/** For how long contacts are gathered, unless the settings say otherwise. */
export const collectSecondsDefault = 300;

/** Adds what a delivery tells of a person to a campaign's list; the same delivery adds one contact, however often it comes. */
export async function addContact(
  { contacts }: AddContactDeps,
  { name, source }: { readonly name: string; readonly source: TriggerSource },
  json: unknown,
  identify: (asked: object) => RequestIdentity,
): Promise<Result<TakenTrigger, TriggerRequestFailure>> {
  if (!contacts || source.campaign === undefined)
    throw new Error('A source adds contacts, and nothing is wired that can.');
  const mapped = mapContact(source, json);
  const { phone, columns } = mapped.body;
  const errors = [...mapped.errors];
  if (phone === undefined)
    errors.push(
      ...inTheirWords(mapped, [{ pointer: '/phone', detail: 'phone must be text such as "(415) 555-0132".' }]),
    );
  if (phone === undefined || errors.length > 0) return fail({ code: 'invalid-request', errors });
  const { key, keptMs = idempotencyMs } = identify(mapped.body);
  const { campaign, collectSeconds: seconds = collectSecondsDefault } = source;
  const added = await contacts.add({ campaign, source: name, seconds, phone, columns, key, keptMs });
  if (!added.ok) {
    const { failure } = added;
    return fail(
      failure.code === 'invalid-request' ? { ...failure, errors: inTheirWords(mapped, failure.errors) } : failure,
    );
  }
  // Adding is harmless to repeat, so each delivery is marked after it, and the very same one is known by its mark.
  return ok({ led: 'to-upload', uploadId: added.value.uploadId, repeats: 'request' });
}
