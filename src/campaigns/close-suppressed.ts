import type { Clock } from '../shared/clock.ts';
import type { ContactListGateway, SentContact, SentContacts } from './push-ports.ts';

export interface CloseSuppressedDeps {
  readonly sent: Pick<SentContacts, 'find'>;
  readonly lists: (campaignId: string) => Pick<ContactListGateway, 'close'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** Webex has not closed a contact of a number that must not be called; whoever asked must ask again. */
export class ContactNotClosedError extends Error {
  override readonly name = 'ContactNotClosedError';
  readonly code = 'contact-not-closed';
}

/**
 * Closes a suppressed number in every contact list that it was sent to and that has not expired. Closing again does nothing,
 * so an answer that is not certain is asked for again.
 * @returns how many contacts were closed
 * @throws ContactNotClosedError where Webex did not take one of them
 */
export async function closeSuppressed(deps: CloseSuppressedDeps, number: string): Promise<number> {
  const contacts = await deps.sent.find(number, deps.clock.nowMs());
  const open: string[] = [];
  for (const { campaignId, contactListId, contactId } of distinct(contacts)) {
    const answer = await deps.lists(campaignId).close(contactListId, contactId);
    if (answer.outcome !== 'done') open.push(`list ${contactListId}: ${answer.words}`);
  }
  if (open.length > 0) throw new ContactNotClosedError(`A suppressed contact is still open in ${open.join('; ')}`);
  return contacts.length;
}

const distinct = (contacts: readonly SentContact[]): Iterable<SentContact> =>
  new Map(contacts.map((contact) => [`${contact.contactListId} ${contact.contactId}`, contact])).values();
