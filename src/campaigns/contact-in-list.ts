import type { CampaignChunk } from '../../events/campaign-chunk/schema.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { SentContact, UploadRecord } from './push-ports.ts';

export type Contact = CampaignChunk['contacts'][number];
export type UploadWithList = UploadRecord & { readonly contactListId: string };

export function attributesOf([, , , , ...values]: Contact, { fields }: UploadWithList): Record<string, string> {
  const pairs = fields.map((field, index) => [field, values[index] ?? ''] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''));
}

export const sentContact = (contact: Contact, upload: UploadWithList, sentMs: EpochMs): SentContact => ({
  number: contact[1],
  campaignId: upload.campaignId,
  contactListId: upload.contactListId,
  contactId: contactId(contact, upload),
  sentMs,
  untilMs: upload.toMs,
});

/** By its unique id where it has one, else by its number as it was sent. */
export const contactId = ([, number, id]: Contact, { settings }: UploadWithList): string =>
  id !== '' ? id : settings.numberForm === 'e164' ? number : number.slice(1);
