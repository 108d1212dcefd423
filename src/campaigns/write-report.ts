import type { Clock, EpochMs } from '../shared/clock.ts';
import { type BlockRecord, chunksIn, newBlock } from './chunk-states.ts';
import type { PlannedChunks, UploadStore } from './push-ports.ts';
import { ReportWriter } from './report-writer.ts';
import { unsentContacts } from './report-push.ts';
import type { Upload } from './upload.ts';

export interface WriteReportDeps {
  readonly uploads: Pick<UploadStore, 'readBlocks'>;
  readonly chunks: PlannedChunks;
  /** The report of the plan, which has the header; undefined where there is none. */
  readonly rejects: () => Promise<AsyncIterable<Uint8Array> | undefined>;
  readonly report: { append(text: string | Uint8Array): Promise<void> };
  readonly clock: Pick<Clock, 'nowMs'>;
}

const over: readonly Upload['status'][] = ['finished', 'cancelled', 'expired'];

/**
 * Writes the report of an upload as it is now: what the plan rejected, and what was accepted and not certainly sent. While
 * the upload goes on, contacts whose turn has not come are no part of it.
 * @returns undefined where the time was up before its end
 */
export async function writeReport(
  deps: WriteReportDeps,
  upload: Upload,
  deadlineMs: EpochMs,
): Promise<{ readonly unsent: number } | undefined> {
  const isLate = (): boolean => deps.clock.nowMs() >= deadlineMs;
  for await (const piece of (await deps.rejects()) ?? []) {
    if (isLate()) return undefined;
    await deps.report.append(piece);
  }
  const writer = new ReportWriter({ report: (text) => deps.report.append(text) }, '');
  const stored = new Map((await deps.uploads.readBlocks(upload.id)).map((record) => [record.block, record]));
  const isOver = over.includes(upload.status);
  let firstChunk = 0;
  for (const [block, chunks] of upload.blocks.entries()) {
    const record = stored.get(block) ?? newBlock(block, firstChunk, chunks);
    firstChunk += chunks;
    if (!isTelling(record, chunks, isOver)) continue;
    if (isLate()) return undefined;
    const planned = await deps.chunks.readBlock(upload.id, block);
    for (const reject of unsentContacts(record, planned, upload.plan?.numberColumn ?? '')) {
      if (isOver || reject.code !== 'not-sent') writer.add(reject);
    }
    await writer.relieve();
  }
  await writer.finish();
  return { unsent: writer.total };
}

/** Whether a block has anything that a report tells; most have not, and need not be read. */
function isTelling(record: BlockRecord, chunks: number, isOver: boolean): boolean {
  const quiet = chunksIn(record, 'queued').length + (isOver ? 0 : chunksIn(record, 'pending').length);
  return record.notes.length > 0 || quiet < chunks;
}
