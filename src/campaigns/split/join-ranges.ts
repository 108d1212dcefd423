import assert from 'node:assert/strict';
import type { EpochMs } from '../../shared/clock.ts';
import { type BlockSizes, BlockWriter } from '../block-writer.ts';
import type { PlanSink } from '../plan-ports.ts';
import { type UploadRejectCode, rejectReportHeader } from '../reject.ts';
import { readContactLines } from './contact-lines.ts';
import { contactsKey, rejectsOfRangeKey } from './keys.ts';
import { type SplitManifest, readCounts } from './manifest.ts';
import type { SplitObjects } from './ports.ts';

export interface JoinedRanges {
  readonly accepted: number;
  readonly rejected: Readonly<Partial<Record<UploadRejectCode, number>>>;
  readonly chunks: number;
  readonly blocks: BlockSizes;
  /** When the first copy of a registry that a contact needed is too old; `Infinity` where none was needed. */
  readonly copiesEndMs: EpochMs;
}

/** Puts the ranges together: their contacts into chunks and blocks that are counted through, their rejects into one report. */
export async function joinRanges(
  objects: SplitObjects,
  manifest: SplitManifest,
  sink: Omit<PlanSink, 'report'> & { report(text: string | Uint8Array): Promise<void> },
  checkTime: () => void,
): Promise<JoinedRanges> {
  const { uploadId, ranges } = manifest;
  const blocks = new BlockWriter(sink);
  const rejected: Record<string, number> = {};
  let rows = 0;
  let accepted = 0;
  let copiesEndMs = Number.POSITIVE_INFINITY;
  await sink.report(rejectReportHeader);
  for (let range = 0; range < ranges; range += 1) {
    checkTime();
    const counts = await readCounts(objects, uploadId, range);
    rows += counts.rows;
    copiesEndMs = Math.min(copiesEndMs, counts.copiesEndMs ?? Number.POSITIVE_INFINITY);
    for (const [code, count] of Object.entries(counts.rejected)) rejected[code] = (rejected[code] ?? 0) + count;
    for await (const piece of objects.readPieces(rejectsOfRangeKey(uploadId, range)))
      await sink.report(Buffer.from(piece));
    let contacts = 0;
    await readContactLines(objects.readPieces(contactsKey(uploadId, range)), (slab, from, to) => {
      contacts += 1;
      if (blocks.isFull) {
        checkTime();
        return blocks.write().then(() => blocks.add(slab, from, to));
      }
      blocks.add(slab, from, to);
      return undefined;
    });
    assert.equal(contacts, counts.accepted, `Range ${range} of upload ${uploadId} lost contacts.`);
    accepted += contacts;
  }
  await blocks.write();
  const others = Object.values(rejected).reduce((sum, count) => sum + count, 0);
  assert.equal(accepted + others, rows, `Upload ${uploadId} lost rows of a range.`);
  assert.equal(rows, manifest.rows, `Upload ${uploadId} lost rows between its ranges.`);
  return { accepted, rejected, chunks: blocks.chunks, blocks: blocks.blocks, copiesEndMs };
}
