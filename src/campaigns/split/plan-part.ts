import type { PlanPart } from '../../../events/plan-part/schema.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { fileGone } from '../plan-file.ts';
import { refused } from '../plan-record.ts';
import { timeCheck } from '../planning-notes.ts';
import { UploadFileError } from '../upload-error.ts';
import type { Upload } from '../upload.ts';
import type { FileRange } from './cut-file.ts';
import { cutUpload } from './cut-upload.ts';
import { endPlanning } from './end-planning.ts';
import { findRepeats } from './find-repeats.ts';
import { joinUpload } from './join-upload.ts';
import { type SplitManifest, readManifest } from './manifest.ts';
import type { PlanPartDeps, PlanPartOutcome } from './part-deps.ts';
import { type RangeDeps, listNumbers, planRange } from './plan-range.ts';

/**
 * Does one step of a plan in parts. Each may run again at any time: it writes the same objects, and the record only while
 * the upload is being planned.
 * @param deadlineMs when this step ends at the latest
 */
export async function planPart(deps: PlanPartDeps, part: PlanPart, deadlineMs: EpochMs): Promise<PlanPartOutcome> {
  const upload = await deps.ledger.find(part.uploadId);
  // Whoever wrote the plan may have died before a pusher was called.
  if (upload?.status === 'ready') await deps.pushes.send(upload.id, 0);
  if (upload?.status !== 'planning') return 'not-wanted';
  try {
    return await doStep(deps, upload, part, deadlineMs);
  } catch (error) {
    if (error instanceof UploadFileError) return refuse(deps, upload.id, error.message);
    throw error;
  }
}

const givenUp = 'The file could not be planned, and it is no fault of the file: start a new upload.';

async function refuse(deps: PlanPartDeps, uploadId: string, because: string): Promise<PlanPartOutcome> {
  return (await endPlanning(deps, uploadId, (upload) => refused(upload, because))) ? 'refused' : 'not-wanted';
}

async function doStep(
  deps: PlanPartDeps,
  upload: Upload,
  part: PlanPart,
  deadlineMs: EpochMs,
): Promise<PlanPartOutcome> {
  const checkTime = timeCheck(deps.clock, deadlineMs);
  if (part.step === 'cut') return cutUpload(deps, upload, checkTime);
  if (part.step === 'give-up') return refuse(deps, upload.id, givenUp);
  const manifest = await readManifest(deps.objects, upload.id);
  if (manifest.tableVersion !== deps.table.version)
    throw new UploadFileError('The calling rules changed while the file was planned: start a new upload.');
  switch (part.step) {
    case 'repeats':
      await findRepeats(deps.objects, manifest, part.item.shard);
      return donePart(deps, upload, `repeats ${part.item.shard}`);
    case 'numbers':
      await listNumbers(await rangeDeps(deps, manifest, part.item, checkTime), part.item);
      return donePart(deps, upload, `numbers ${part.item.range}`);
    case 'range': {
      const lists = deps.listsOf(upload, manifest.nowMs);
      const range = await rangeDeps(deps, manifest, part.item, checkTime);
      await planRange({ ...range, lists, segment: deps.segment }, part.item);
      return donePart(deps, upload, `range ${part.item.range}`);
    }
    case 'join':
      return joinUpload(deps, upload, manifest, checkTime);
  }
}

async function donePart(deps: PlanPartDeps, upload: Upload, part: string): Promise<PlanPartOutcome> {
  await deps.ledger.notePart(upload.id, part);
  return 'done';
}

async function rangeDeps(
  { objects, files, table }: PlanPartDeps,
  manifest: SplitManifest,
  { from, to }: FileRange,
  checkTime: () => void,
): Promise<RangeDeps> {
  const { campaign, bans, nowMs } = manifest;
  const file = await files.open(manifest.file, { from, to });
  if (!file) throw new UploadFileError(fileGone);
  return { objects, manifest, settings: { campaign, table, bans, nowMs }, chunks: file.chunks, checkTime };
}
