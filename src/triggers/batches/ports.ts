import type { EpochMs } from '../../shared/clock.ts';
import type { Batch } from './batch.ts';

/** A contact's row by column name, as in a JSON Lines file. */
export type ContactColumns = Readonly<Record<string, string>>;

/** What a contact is known by when it is asked for again. */
export interface ContactMark {
  /** SHA-256 of the request's key. */
  readonly keySha256: string;
  /** Of what was asked for: the same key with something else is another request. */
  readonly requestSha256: string;
  /** Until when the key is known. */
  readonly knownUntilMs: EpochMs;
}

/** Contacts that wait for their upload. */
export interface BatchStore {
  /**
   * Writes the contact and its mark in one transaction, unless the key is known.
   * @returns where the key led before
   */
  add(
    batch: Batch,
    contact: ContactColumns,
    mark: ContactMark,
  ): Promise<'added' | { readonly uploadId: string; readonly requestSha256: string }>;
  /** All contacts of the upload, always in the same order; strongly consistent. @throws BatchTooLargeError */
  contactsOf(uploadId: string): Promise<readonly ContactColumns[]>;
}

/** Has batches uploaded. Messages may come twice. */
export interface BatchQueue {
  send(batch: Batch, delaySeconds: number): Promise<void>;
}
