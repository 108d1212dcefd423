import { chooseMapping } from '../choose-mapping.ts';
import { columnsOf } from '../columns.ts';
import { fileGone } from '../plan-file.ts';
import { campaignOf } from '../plan-record.ts';
import { PlanningNotes } from '../planning-notes.ts';
import { countryOf } from '../row-screen.ts';
import { UploadFileError } from '../upload-error.ts';
import type { Upload } from '../upload.ts';
import { cutFile } from './cut-file.ts';
import { manifestKey, rangesKey, shardsKey } from './keys.ts';
import { type SplitManifest, encodeJson } from './manifest.ts';
import { shardsFor } from './number-shards.ts';
import type { PlanPartDeps, PlanPartOutcome } from './part-deps.ts';

/** Finds the ranges of an upload's file, and fixes what all steps must agree on. */
export async function cutUpload(deps: PlanPartDeps, upload: Upload, checkTime: () => void): Promise<PlanPartOutcome> {
  const file = await deps.files.open(upload.source);
  if (!file) throw new UploadFileError(fileGone);
  const { sizeBytes, etag } = file;
  const campaign = await campaignOf(deps, upload);
  const notes = new PlanningNotes(deps, upload.id);
  const { rangeBytes } = deps.settings.uploads.split;
  const cut = await cutFile(file.chunks, {
    sizeBytes,
    rangeBytes,
    rowsMax: campaign.rowsMax,
    onProgress: ({ bytes, rows }) => {
      checkTime();
      notes.take({ bytes, rows, sizeBytes, accepted: 0, rejected: 0, parts: 0 });
    },
  });
  await notes.settled();
  const mapping = chooseMapping(cut.opened, campaign.mapping, countryOf(campaign));
  // A column that is missing refuses the file now and not in each of its ranges.
  columnsOf(cut.header, mapping, cut.form.form);
  const manifest: SplitManifest = {
    schema: 'ringback.split-plan.v1',
    uploadId: upload.id,
    file: { key: upload.source.key, etag, sizeBytes },
    nowMs: deps.clock.nowMs(),
    tableVersion: deps.table.version,
    bans: [...(await deps.readBans())],
    campaign: { ...campaign, countries: [...campaign.countries] },
    guessed: campaign.mapping === undefined,
    mapping,
    form: cut.form,
    header: [...cut.header],
    encoding: cut.encoding,
    hasOldLineEnds: cut.hasOldLineEnds,
    rows: cut.rows,
    ranges: cut.ranges.length,
    shards: shardsFor(cut.rows),
  };
  const shards = Array.from({ length: manifest.shards }, (_, shard) => ({ shard }));
  await Promise.all([
    deps.objects.write(manifestKey(upload.id), encodeJson(manifest)),
    deps.objects.write(rangesKey(upload.id), encodeJson(cut.ranges)),
    deps.objects.write(shardsKey(upload.id), encodeJson(shards)),
  ]);
  const parts = 2 * manifest.ranges + manifest.shards;
  const note = { bytes: sizeBytes, sizeBytes, rows: cut.rows, accepted: 0, rejected: 0, parts };
  await deps.ledger.notePlanning(upload.id, note);
  return 'done';
}
