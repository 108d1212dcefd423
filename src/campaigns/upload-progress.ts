import type { EpochMs } from '../shared/clock.ts';
import { type BlockRecord, type ChunkStatus, chunksIn, sizeOf } from './chunk-states.ts';

/** How far an upload came, in contacts. */
export interface PushProgress {
  readonly contacts: number;
  readonly sent: number;
  readonly uncertain: number;
  readonly refused: number;
  /** Suppressed, or sent by another upload, between the plan and the sending. */
  readonly leftOut: number;
  readonly pending: number;
  /** Of all contacts, those whose fate is known or who wait for a person; rounded down. */
  readonly percent: number;
  readonly contactsPerMinute?: number;
  readonly secondsLeft?: number;
}

const minuteMs = 60_000;

/**
 * Counts what became of the contacts.
 * @param earlier an earlier look at the same upload, from which the rate follows
 */
export function pushProgress(
  { accepted }: { readonly accepted: number },
  records: readonly BlockRecord[],
  nowMs: EpochMs,
  earlier?: { readonly sent: number; readonly atMs: EpochMs },
): PushProgress {
  const contactsOf = (status: ChunkStatus): number =>
    records.reduce(
      (sum, record) => sum + chunksIn(record, status).reduce((all, chunk) => all + sizeOf(record, chunk), 0),
      0,
    );
  const sent = contactsOf('queued') + contactsOf('arrived');
  const uncertain = contactsOf('uncertain') + contactsOf('sent');
  const refused = contactsOf('refused');
  const leftOut = records.reduce(
    (sum, { notes }) =>
      sum + notes.reduce((all, { leftOut = [], repeated = [] }) => all + leftOut.length + repeated.length, 0),
    0,
  );
  const pending = Math.max(0, accepted - sent - uncertain - refused - leftOut);
  const percent = accepted === 0 ? 100 : Math.floor(((accepted - pending) / accepted) * 100);
  const minutes = earlier === undefined ? 0 : (nowMs - earlier.atMs) / minuteMs;
  const rate = minutes > 0 ? (sent - (earlier?.sent ?? 0)) / minutes : 0;
  return {
    contacts: accepted,
    sent,
    uncertain,
    refused,
    leftOut,
    pending,
    percent,
    ...(rate > 0 && { contactsPerMinute: Math.round(rate), secondsLeft: Math.ceil((pending / rate) * 60) }),
  };
}
