import type { EpochMs } from '../shared/clock.ts';
import type { FieldError } from '../shared/field-error.ts';
import type { Result } from '../shared/result.ts';

/** The secrets that a sender, or Ringback towards a destination, may sign with. */
export interface SigningSecrets {
  /** Newest first; two while a secret is changed. @throws where they cannot be read or nobody has set them. */
  of(name: string): Promise<readonly string[]>;
}

/** Signed deliveries that repeated an earlier request: each counts once. */
export interface DeliveryMarks {
  /** @returns `seen` where this very delivery was marked before. */
  mark(deliverySha256: string, expiresAtMs: EpochMs): Promise<'new' | 'seen'>;
}

/** A row for a campaign's list in Webex. */
export interface ContactRequest {
  /** The campaign's name in the settings. */
  readonly campaign: string;
  /** The source's name in the settings: its contacts are gathered, and go into one upload. */
  readonly source: string;
  /** For how long they are gathered. */
  readonly seconds: number;
  /** As the sender wrote it; the campaign's mapping says which column it belongs to. */
  readonly phone: string;
  /** The other columns by name, as in a contact file. */
  readonly columns: Readonly<Record<string, string>>;
  /** The same whenever the same request comes again: it adds one contact. */
  readonly key: string;
  /** For how long the key is known, in milliseconds. */
  readonly keptMs: number;
}

/** Why a contact is not added. */
export type ContactFailure =
  | { readonly code: 'invalid-request'; readonly errors: readonly FieldError[] }
  /** The key came with another contact before. */
  | { readonly code: 'idempotency-key-reused' };

/** Adds contacts to a campaign's list, as the rows of an upload. */
export interface ContactAdder {
  /**
   * @returns the id of the upload that the contact is part of; the same for the same key.
   * Pointers of errors are `/phone` and `/variables/<column>`.
   */
  add(request: ContactRequest): Promise<Result<{ readonly uploadId: string }, ContactFailure>>;
}
