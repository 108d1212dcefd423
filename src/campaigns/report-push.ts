import { maskNumber } from '../shared/mask.ts';
import type { CampaignChunk } from '../../events/campaign-chunk/schema.ts';
import { type BlockRecord, statusOf } from './chunk-states.ts';
import type { UploadReject } from './reject.ts';

/**
 * The contacts of a block that were accepted and not certainly sent, for the reject report.
 * @param column of the numbers in the file
 */
export function* unsentContacts(
  record: BlockRecord,
  chunks: readonly CampaignChunk[],
  column: string,
): Generator<UploadReject> {
  for (const { chunk, contacts } of chunks) {
    const status = statusOf(record, chunk);
    const note = record.notes.find((each) => each.chunk === chunk);
    for (const [row, number] of contacts) {
      const about = { row, column, value: maskNumber(number) };
      if (note?.leftOut?.includes(row)) yield { ...about, code: 'suppressed-since' };
      else if (note?.repeated?.includes(row)) yield { ...about, code: 'duplicate-recent' };
      else if (status === 'refused')
        yield { ...about, code: 'refused-by-webex', ...(note?.words && { detail: note.words }) };
      else if (status === 'uncertain' || status === 'sent') yield { ...about, code: 'uncertain' };
      else if (status === 'pending') yield { ...about, code: 'not-sent' };
    }
  }
}
