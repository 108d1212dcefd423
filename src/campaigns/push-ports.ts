import type { CampaignChunk } from '../../events/campaign-chunk/schema.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { BlockSizes } from './block-writer.ts';
import type { BlockRecord } from './chunk-states.ts';
import type { CountReading } from './resolve-uncertain.ts';
import type { CampaignSettings } from './upload-settings.ts';

/** One upload, as far as those who send and steer it need it. */
export interface UploadRecord {
  readonly id: string;
  readonly campaignId: string;
  /**
   * `waiting-for-file` and `planning` come before there is a plan, and `refused` where the file could not be taken as a
   * whole. `unconfirmed` waits for a person to confirm the guessed mapping, `ready` for a pusher, `pushing` has or had one; `paused`
   * waits for a person. Final are `finished` (chunks may be uncertain or refused, which the report tells), `cancelled` and
   * `expired`.
   */
  readonly status:
    | 'waiting-for-file'
    | 'planning'
    | 'refused'
    | 'unconfirmed'
    | 'ready'
    | 'pushing'
    | 'paused'
    | 'finished'
    | 'cancelled'
    | 'expired';
  /** Why it is paused or refused, where nobody asked for it. */
  readonly because?: string | undefined;
  readonly fields: readonly string[];
  readonly settings: Pick<CampaignSettings, 'channels' | 'activationLagMinutes' | 'numberForm'>;
  readonly blocks: BlockSizes;
  /** When the list expires; 0 before there is a plan. */
  readonly toMs: EpochMs;
  /** Digits; absent until the list is made. */
  readonly contactListId?: string;
  /** Who plans or pushes now, and until when others keep away. */
  readonly lease?: { readonly owner: string; readonly untilMs: EpochMs } | undefined;
  /** The last count of the list that was read while nothing was on its way. */
  readonly counted?: CountReading | undefined;
  /** A person had uncertain chunks sent again, so that the count no longer tells anything. */
  readonly isCountSpoilt?: true;
  readonly version: number;
}

/** Where uploads are kept, as those need it who send them. All reads are strongly consistent. */
export interface UploadStore {
  read(uploadId: string): Promise<UploadRecord | undefined>;
  /** Writes what sending changes if the record still has the version before it. */
  write(after: UploadRecord): Promise<'written' | 'conflict'>;
  /** The blocks of which something has been sent, in no order. */
  readBlocks(uploadId: string): Promise<readonly BlockRecord[]>;
  readBlock(uploadId: string, block: number): Promise<BlockRecord | undefined>;
  /** Writes `after` if the record still has the version before it (1: if there is none). */
  writeBlock(uploadId: string, after: BlockRecord): Promise<'written' | 'conflict'>;
}

export interface PlannedChunks {
  readBlock(uploadId: string, block: number): Promise<readonly CampaignChunk[]>;
}

/** What is known after asking Webex to take contacts, or to make a list. */
export type ListAnswer<Done> =
  | ({ readonly outcome: 'done' } & Done)
  /** Webex will not take this, whatever the code of its answer. */
  | { readonly outcome: 'refused'; readonly words: string }
  /** Nothing was processed: it is safe to ask again after a while. */
  | { readonly outcome: 'unsent'; readonly words: string; readonly retryAfterMs: number }
  | { readonly outcome: 'uncertain'; readonly words: string };

/** The contact lists of one campaign, on the upload lane of the budget. Filled by `src/adapters/webex`. */
export interface ContactListGateway {
  create(
    settings: Pick<CampaignSettings, 'channels' | 'activationLagMinutes'>,
  ): Promise<ListAnswer<{ readonly contactListId: string }>>;
  /** @param contacts at most ten, each with its values by field; empty values are left out */
  add(contactListId: string, contacts: readonly Readonly<Record<string, string>>[]): Promise<ListAnswer<object>>;
  /** @param contactId the contact's unique id, or its number as it was sent */
  close(contactListId: string, contactId: string): Promise<ListAnswer<object>>;
  expire(contactListId: string): Promise<ListAnswer<object>>;
  /** Undefined where Webex does not say. Rejects where Webex cannot be asked. */
  count(contactListId: string): Promise<number | undefined>;
}

/** A contact that is, or may be, in a list. */
export interface SentContact {
  /** E.164. */
  readonly number: string;
  readonly campaignId: string;
  readonly contactListId: string;
  /** What Webex knows it by. */
  readonly contactId: string;
  readonly sentMs: EpochMs;
  /** When the list expires, and nothing needs to be closed any more. */
  readonly untilMs: EpochMs;
}

/** Who was sent where: for closing contacts that are suppressed later, and for leaving out repeated uploads. */
export interface SentContacts {
  /**
   * Remembers contacts before their request leaves, except those whose number another upload has taken for the same
   * campaign within its repeat days: two uploads of one file must not both send it.
   * @returns the numbers of those others
   */
  remember(uploadId: string, contacts: readonly SentContact[]): Promise<ReadonlySet<string>>;
  /** Lets other uploads have numbers again that certainly did not arrive. */
  release(uploadId: string, contacts: readonly SentContact[]): Promise<void>;
  /** Those whose list has not expired. */
  find(number: string, nowMs: EpochMs): Promise<readonly SentContact[]>;
}
