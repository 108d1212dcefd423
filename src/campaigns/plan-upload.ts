import type { PolicyTable } from '../policy/table.ts';
import type { EmergencyBan } from '../policy/types.ts';
import type { EpochMs } from '../shared/clock.ts';
import { type BlockSizes, BlockWriter } from './block-writer.ts';
import { ContactPlanning, notChecked } from './contact-planning.ts';
import type { FileForm } from './file-layout.ts';
import { NumberSet } from './number-set.ts';
import type { PlanLists, PlanSink } from './plan-ports.ts';
import { readRows } from './read-rows.ts';
import type { UploadRejectCode } from './reject.ts';
import { ReportWriter } from './report-writer.ts';
import { type PlanCampaign, lifeOf } from './row-screen.ts';
import type { SegmentLimits } from './segment.ts';
import { UploadFileError } from './upload-error.ts';
import type { UploadMapping } from './upload-settings.ts';

export interface PlanUploadDeps {
  readonly lists: PlanLists;
  readonly sink: PlanSink;
  readonly table: PolicyTable;
  readonly bans: readonly EmergencyBan[];
  readonly onProgress?: (progress: PlanProgress) => void;
  /** How much waits for the lists at once. @default 40 MB and 400,000 contacts */
  readonly segment?: SegmentLimits;
}

export interface PlanUploadCommand {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly campaign: PlanCampaign;
  readonly nowMs: EpochMs;
}

export interface PlanProgress {
  readonly bytes: number;
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
}

export interface UploadPlan {
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: Readonly<Partial<Record<UploadRejectCode, number>>>;
  readonly chunks: number;
  readonly blocks: BlockSizes;
  /** Names of the fields, in the order of a contact's values. */
  readonly fields: readonly string[];
  readonly mapping: UploadMapping;
  /** Whether the mapping was guessed: then somebody must confirm it before anything is sent. */
  readonly guessed: boolean;
  readonly form: FileForm;
  readonly encoding: string;
  /** The life of the list, for which the lawful times were looked up. */
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  /** Questions that were left out. */
  readonly notChecked: readonly ('internal' | 'uploadedLately' | 'attempts')[];
}

/**
 * Plans an upload in one pass and constant memory but for the numbers seen: reads the file, screens and types each row,
 * leaves out what the file repeats and what lists and the law forbid, and writes chunks of ten and a report of the rest.
 * @throws UploadFileError for a file that cannot be taken as a whole; nothing of what was written counts then.
 */
export async function planUpload(deps: PlanUploadDeps, command: PlanUploadCommand): Promise<UploadPlan> {
  const { lists, sink, table, bans, segment, onProgress } = deps;
  const { campaign, nowMs, chunks } = command;
  const seen = new NumberSet();
  const report = new ReportWriter(sink);
  const blocks = new BlockWriter(sink);
  const isRepeated = (digits: number): boolean => !seen.add(digits);
  const planning = new ContactPlanning(
    { campaign, table, bans, nowMs },
    { lists, report, contacts: blocks, isRepeated, segment },
  );
  let opened: { readonly form: FileForm; readonly mapping: UploadMapping } | undefined;
  let encoding = '';
  const rows = readRows(chunks, (file) => {
    opened = { form: file.form, mapping: planning.screen.open(file) };
    return planning.screen;
  });
  for await (const progress of rows) {
    encoding = progress.encoding;
    await planning.relieve(opened?.mapping);
    onProgress?.({
      bytes: progress.bytes,
      rows: planning.screen.rows,
      accepted: planning.waiting,
      rejected: report.total,
    });
  }
  if (!opened || planning.screen.rows === 0) throw noRows();
  await planning.finish(opened.mapping);
  return {
    rows: planning.screen.rows,
    accepted: planning.accepted,
    rejected: report.counts,
    chunks: blocks.chunks,
    blocks: blocks.blocks,
    fields: Object.keys(opened.mapping.fields),
    mapping: opened.mapping,
    guessed: campaign.mapping === undefined,
    form: opened.form,
    encoding,
    ...lifeOf(campaign, nowMs, planning.copiesEndMs),
    notChecked: notChecked(lists),
  };
}

export const noRows = (): UploadFileError => new UploadFileError('The file has a header and no rows.');
