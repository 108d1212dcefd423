import { ContactPlanning } from '../contact-planning.ts';
import type { PlanLists } from '../plan-ports.ts';
import { readRowsFrom } from '../read-rows.ts';
import { ReportWriter } from '../report-writer.ts';
import { RowScreen, type RowScreenSettings } from '../row-screen.ts';
import type { SegmentLimits } from '../segment.ts';
import { ContactLines } from './contact-lines.ts';
import type { FileRange } from './cut-file.ts';
import { contactsKey, countsKey, numbersKey, rejectsOfRangeKey, repeatsKey } from './keys.ts';
import { type RangeCounts, type SplitManifest, encodeJson } from './manifest.ts';
import { NumberShards, decodeRows } from './number-shards.ts';
import type { SplitObjects } from './ports.ts';

export interface RangeDeps {
  readonly objects: SplitObjects;
  readonly manifest: SplitManifest;
  readonly settings: RowScreenSettings;
  /** The bytes of the range. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Called between pieces; throws where the time is over. */
  readonly checkTime: () => void;
}

/** Writes the numbers of a range down that come as far as the question whether they repeat, by shard. */
export async function listNumbers(deps: RangeDeps, range: FileRange): Promise<void> {
  const { objects, manifest, settings, chunks, checkTime } = deps;
  const numbers = new NumberShards(manifest.shards);
  const screen = new RowScreen(settings, {
    contact: ({ digits }, row) => numbers.add(digits, row),
    reject: () => undefined,
  });
  screen.openAs(manifest, manifest.mapping);
  for await (const _piece of readRowsFrom(chunks, { ...manifest, row: range.row }, screen)) checkTime();
  for (let shard = 0; shard < manifest.shards; shard += 1)
    await objects.write(numbersKey(manifest.uploadId, range.range, shard), numbers.bytesOf(shard));
}

/** Plans a range, with the rows known that repeat a number of the file: its contacts, its rejects, and what they come to. */
export async function planRange(
  deps: RangeDeps & { readonly lists: PlanLists; readonly segment?: SegmentLimits | undefined },
  { range, row }: FileRange,
): Promise<void> {
  const { objects, manifest, settings, chunks, lists, segment, checkTime } = deps;
  const { uploadId, mapping } = manifest;
  const isRepeated = repeatsOf(await readRepeats(objects, manifest, range));
  const contacts = objects.begin(contactsKey(uploadId, range));
  const rejects = objects.begin(rejectsOfRangeKey(uploadId, range));
  try {
    const report = new ReportWriter({ report: (text) => rejects.append(text) }, '');
    const lines = new ContactLines((piece) => contacts.append(piece));
    const planning = new ContactPlanning(settings, { lists, report, contacts: lines, isRepeated, segment });
    planning.screen.openAs(manifest, mapping);
    for await (const _piece of readRowsFrom(chunks, { ...manifest, row }, planning.screen)) {
      checkTime();
      await planning.relieve(mapping);
    }
    await planning.finish(mapping);
    await Promise.all([contacts.finish(), rejects.finish()]);
    const { accepted, screen, copiesEndMs } = planning;
    const counts: RangeCounts = {
      rows: screen.rows,
      accepted,
      rejected: { ...report.counts },
      ...(Number.isFinite(copiesEndMs) && { copiesEndMs }),
    };
    await objects.write(countsKey(uploadId, range), encodeJson(counts));
  } catch (error) {
    await Promise.all([contacts.abandon(), rejects.abandon()]);
    throw error;
  }
}

async function readRepeats(objects: SplitObjects, manifest: SplitManifest, range: number): Promise<Uint32Array> {
  const lists: Uint8Array[] = [];
  for (let shard = 0; shard < manifest.shards; shard += 1)
    lists.push(await objects.read(repeatsKey(manifest.uploadId, range, shard)));
  return decodeRows(lists);
}

/** Rows are asked about in their order, and so they are listed. */
function repeatsOf(rows: Uint32Array): (digits: number, row: number) => boolean {
  let at = 0;
  return (_digits, row) => {
    while (at < rows.length && (rows[at] as number) < row) at += 1;
    return rows[at] === row;
  };
}
