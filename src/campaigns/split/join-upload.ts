import { withPlan } from '../plan-record.ts';
import { lifeOf } from '../row-screen.ts';
import type { Upload } from '../upload.ts';
import { endPlanning } from './end-planning.ts';
import { joinRanges } from './join-ranges.ts';
import type { SplitManifest } from './manifest.ts';
import type { PlanPartDeps, PlanPartOutcome } from './part-deps.ts';

/** Puts the ranges of an upload together and writes its plan into the record, as the plan in one pass does. */
export async function joinUpload(
  deps: PlanPartDeps,
  upload: Upload,
  manifest: SplitManifest,
  checkTime: () => void,
): Promise<PlanPartOutcome> {
  const { campaign, mapping, guessed, rows, nowMs, file } = manifest;
  const target = deps.targetOf(upload.id);
  try {
    const sink = {
      writeBlock: (block: number, lines: Uint8Array) => target.writeBlock(block, lines),
      report: (text: string | Uint8Array) => target.report.append(text),
    };
    const { copiesEndMs, ...joined } = await joinRanges(deps.objects, manifest, sink, checkTime);
    await Promise.all([target.report.finish(), target.settled()]);
    const life = lifeOf(campaign, nowMs, copiesEndMs);
    const made = { ...joined, ...life, rows, mapping, guessed, fields: Object.keys(mapping.fields) };
    const written = await endPlanning(deps, upload.id, (now) =>
      withPlan({ ...now, source: { ...now.source, etag: file.etag } }, campaign, made),
    );
    if (!written) return 'not-wanted';
    if (written.status === 'ready') await deps.pushes.send(upload.id, 0);
    return 'planned';
  } catch (error) {
    await target.report.abandon();
    throw error;
  }
}
