import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { numberOrNull, type Row, textOrNull } from './columns.ts';

export interface ContactList {
  readonly id: string;
  readonly campaignId: string;
  readonly channels: readonly string[];
  readonly createdAtMs: number;
  readonly activateAtMs: number;
  readonly expiresAtMs: number;
  /** When it was set to expired before its time. */
  readonly expiredAtMs: number | null;
}

export interface Contact {
  readonly index: number;
  readonly acceptedAtMs: number;
  /** From then on it shows in the counts. */
  readonly processAtMs: number;
  readonly customerId: string | null;
  readonly accountId: string | null;
  readonly phone: string | null;
  readonly attributes: readonly { readonly fieldName: string; readonly value: string }[];
  /** Why it is INVALID, or null. */
  readonly invalid: string | null;
  readonly closedAtMs: number | null;
}

/** What became of the contacts of a list by an instant; `counted` is what Webex's API tells. */
export interface ContactTotals {
  readonly accepted: number;
  readonly counted: number;
  readonly invalid: number;
  readonly closed: number;
}

export type NewContact = Omit<Contact, 'index' | 'closedAtMs'>;

/** Contact lists of campaigns, with their contacts. */
export class ContactStore {
  readonly #insertList: StatementSync;
  readonly #findList: StatementSync;
  readonly #lists: StatementSync;
  readonly #expire: StatementSync;
  readonly #insertContact: StatementSync;
  readonly #contacts: StatementSync;
  readonly #close: StatementSync;
  readonly #counts: StatementSync;
  readonly #totals: StatementSync;
  readonly #lastLists: StatementSync;
  readonly #clear: readonly StatementSync[];

  constructor(database: DatabaseSync) {
    this.#insertList = database.prepare(
      'INSERT INTO contact_lists (campaign_id, channels, created_ms, activate_ms, expires_ms) VALUES (?, ?, ?, ?, ?)',
    );
    this.#findList = database.prepare('SELECT * FROM contact_lists WHERE campaign_id = ? AND id = ?');
    this.#lists = database.prepare('SELECT * FROM contact_lists WHERE campaign_id = ? ORDER BY id');
    this.#expire = database.prepare('UPDATE contact_lists SET expired_ms = coalesce(expired_ms, ?) WHERE id = ?');
    this.#insertContact = database.prepare(
      `INSERT INTO contacts (list_id, accepted_ms, process_ms, customer_id, account_id, phone, attributes, invalid) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#contacts = database.prepare('SELECT * FROM contacts WHERE list_id = ? AND idx > ? ORDER BY idx LIMIT ?');
    this.#close = database.prepare(
      'UPDATE contacts SET closed_ms = ?1 WHERE list_id = ?2 AND closed_ms IS NULL AND (customer_id = ?3 OR account_id = ?3 OR phone = ?3)',
    );
    this.#counts = database.prepare(
      'SELECT count(*) AS processed, sum(invalid IS NOT NULL) AS invalid FROM contacts WHERE list_id = ? AND process_ms <= ?',
    );
    this.#totals = database.prepare(
      `SELECT count(*) AS accepted, sum(process_ms <= ?2) AS counted, sum(invalid IS NOT NULL) AS invalid,
        sum(closed_ms IS NOT NULL) AS closed FROM contacts WHERE list_id = ?1`,
    );
    this.#lastLists = database.prepare(
      'SELECT * FROM (SELECT * FROM contact_lists ORDER BY id DESC LIMIT ?) ORDER BY id',
    );
    this.#clear = [database.prepare('DELETE FROM contacts'), database.prepare('DELETE FROM contact_lists')];
  }

  addList(list: Omit<ContactList, 'id' | 'expiredAtMs'>): string {
    const { lastInsertRowid } = this.#insertList.run(
      list.campaignId,
      JSON.stringify(list.channels),
      list.createdAtMs,
      list.activateAtMs,
      list.expiresAtMs,
    );
    return String(lastInsertRowid);
  }

  findList(campaignId: string, id: string): ContactList | undefined {
    const row = this.#findList.get(campaignId, Number(id));
    return row && toList(row);
  }

  lists(campaignId: string): ContactList[] {
    return this.#lists.all(campaignId).map(toList);
  }

  expire(listId: string, nowMs: number): void {
    this.#expire.run(nowMs, Number(listId));
  }

  addContact(listId: string, contact: NewContact): void {
    this.#insertContact.run(
      Number(listId),
      contact.acceptedAtMs,
      contact.processAtMs,
      contact.customerId,
      contact.accountId,
      contact.phone,
      JSON.stringify(contact.attributes),
      contact.invalid,
    );
  }

  contacts(listId: string, since: number, limit: number): Contact[] {
    return this.#contacts.all(Number(listId), since, limit).map(toContact);
  }

  /** Closes every open contact of the list that the id names; asynchronous in Webex, at once here. */
  close(listId: string, contactId: string, nowMs: number): void {
    this.#close.run(nowMs, Number(listId), contactId);
  }

  /** What has been processed by `nowMs`. */
  counts(listId: string, nowMs: number): { readonly processed: number; readonly invalid: number } {
    const row = this.#counts.get(Number(listId), nowMs);
    return { processed: Number(row?.['processed'] ?? 0), invalid: Number(row?.['invalid'] ?? 0) };
  }

  totals(listId: string, nowMs: number): ContactTotals {
    const row = this.#totals.get(Number(listId), nowMs);
    const number = (name: keyof ContactTotals): number => Number(row?.[name] ?? 0);
    return {
      accepted: number('accepted'),
      counted: number('counted'),
      invalid: number('invalid'),
      closed: number('closed'),
    };
  }

  /** The lists of all campaigns that were made last, oldest first. */
  lastLists(limit: number): ContactList[] {
    return this.#lastLists.all(limit).map(toList);
  }

  clear(): void {
    for (const statement of this.#clear) statement.run();
  }
}

const toList = (row: Row): ContactList => ({
  id: String(row['id']),
  campaignId: String(row['campaign_id']),
  channels: JSON.parse(String(row['channels'])),
  createdAtMs: Number(row['created_ms']),
  activateAtMs: Number(row['activate_ms']),
  expiresAtMs: Number(row['expires_ms']),
  expiredAtMs: numberOrNull(row['expired_ms']),
});

const toContact = (row: Row): Contact => ({
  index: Number(row['idx']),
  acceptedAtMs: Number(row['accepted_ms']),
  processAtMs: Number(row['process_ms']),
  customerId: textOrNull(row['customer_id']),
  accountId: textOrNull(row['account_id']),
  phone: textOrNull(row['phone']),
  attributes: JSON.parse(String(row['attributes'])),
  invalid: textOrNull(row['invalid']),
  closedAtMs: numberOrNull(row['closed_ms']),
});
