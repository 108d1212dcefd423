import type { PolicyTable } from '../policy/table.ts';
import type { EmergencyBan } from '../policy/types.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { PlanLists, PlanSink } from './plan-ports.ts';
import { type PlanProgress, type UploadPlan, planUpload } from './plan-upload.ts';
import { UploadFileError } from './upload-error.ts';
import { type CampaignSettings, type UploadSettings, campaignSettings } from './upload-settings.ts';
import type { ConfirmedMappings, ContactFile, PushQueue, Upload, UploadLedger } from './upload.ts';

/** Where the plan of one upload is written. */
export interface PlanTarget extends PlanSink {
  finish(): Promise<void>;
  abandon(): Promise<void>;
}

export interface PlanFileDeps {
  readonly ledger: UploadLedger;
  readonly files: {
    open(
      file: ContactFile,
    ): Promise<
      { readonly chunks: AsyncIterable<Uint8Array>; readonly sizeBytes: number; readonly etag: string } | undefined
    >;
  };
  readonly targetOf: (uploadId: string) => PlanTarget;
  readonly listsOf: (upload: Upload) => PlanLists;
  readonly mappings: Pick<ConfirmedMappings, 'find'>;
  readonly readBans: () => Promise<readonly EmergencyBan[]>;
  readonly table: PolicyTable;
  readonly pushes: PushQueue;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly settings: { readonly uploads: UploadSettings; readonly countries: readonly string[] };
  /** Tells this planner from others. */
  readonly owner: string;
}

/** `not-wanted`: there is a plan already, or the upload was cancelled. */
export type PlanFileOutcome = 'planned' | 'refused' | 'not-wanted' | 'not-found';

/** Another planner is at it; whoever asked asks again after its time is over. */
export class PlanBusyError extends Error {
  override readonly name = 'PlanBusyError';
  readonly code = 'plan-busy';
}

const noteEveryMs = 2_000;
/** What is left of the time for writing the end of a plan. */
const endingMs = 20_000;

/**
 * Plans the file of an upload, once: what it comes to stands in the record, and a pusher is called. A planner that dies
 * leaves nothing that counts, and the next one begins anew.
 * @param deadlineMs when this planner ends at the latest
 * @throws PlanBusyError
 */
export async function planFile(deps: PlanFileDeps, uploadId: string, deadlineMs: EpochMs): Promise<PlanFileOutcome> {
  const found = await deps.ledger.find(uploadId);
  if (!found) return 'not-found';
  if (found.status === 'ready') await deps.pushes.send(uploadId, 0);
  if (found.status !== 'waiting-for-file' && found.status !== 'planning') return 'not-wanted';
  if (found.lease && found.lease.untilMs > deps.clock.nowMs())
    throw new PlanBusyError(`Another planner works on upload ${uploadId}.`);

  const lease = { owner: deps.owner, untilMs: deadlineMs };
  const begun = await write(deps, { ...found, status: 'planning', lease });
  const file = begun && (await deps.files.open(begun.source));
  if (!begun) throw new PlanBusyError(`Another planner took upload ${uploadId}.`);
  const planned = file
    ? await plan(deps, begun, file, deadlineMs)
    : refused(begun, 'The file is not there, or it was replaced since the upload was asked for: start a new upload.');
  // A record that has changed meanwhile was cancelled.
  const written = await write(deps, { ...planned, lease: undefined, planning: undefined });
  if (!written) return 'not-wanted';
  if (written.status === 'ready') await deps.pushes.send(uploadId, 0);
  return written.status === 'refused' ? 'refused' : 'planned';
}

async function write(deps: PlanFileDeps, upload: Upload): Promise<Upload | undefined> {
  const after = { ...upload, version: upload.version + 1 };
  return (await deps.ledger.replace(after)) === 'written' ? after : undefined;
}

const refused = (upload: Upload, because: string): Upload => ({ ...upload, status: 'refused', because });

async function plan(
  deps: PlanFileDeps,
  upload: Upload,
  file: { readonly chunks: AsyncIterable<Uint8Array>; readonly sizeBytes: number; readonly etag: string },
  deadlineMs: EpochMs,
): Promise<Upload> {
  const target = deps.targetOf(upload.id);
  const notes = new Notes(deps, upload.id, { sizeBytes: file.sizeBytes, deadlineMs });
  try {
    const campaign = await campaignOf(deps, upload);
    const made = await planUpload(
      {
        lists: deps.listsOf(upload),
        sink: target,
        table: deps.table,
        bans: await deps.readBans(),
        onProgress: (progress) => notes.take(progress),
      },
      { chunks: file.chunks, campaign, nowMs: deps.clock.nowMs() },
    );
    await Promise.all([target.finish(), notes.settled()]);
    return withPlan({ ...upload, source: { ...upload.source, etag: file.etag } }, campaign, made);
  } catch (error) {
    await Promise.all([target.abandon(), notes.settled()]);
    if (error instanceof UploadFileError) return refused(upload, error.message);
    throw error;
  }
}

/** The request's own wishes go before the settings, and these before what an operator confirmed for an earlier file. */
async function campaignOf(
  deps: PlanFileDeps,
  { campaignId, mapping, activationLagMinutes }: Upload,
): Promise<CampaignSettings & { readonly countries: readonly string[] }> {
  const campaign = campaignSettings(deps.settings.uploads, campaignId);
  return {
    ...campaign,
    countries: campaign.countries ?? [...deps.settings.countries],
    mapping: mapping ?? campaign.mapping ?? (await deps.mappings.find(campaignId)),
    activationLagMinutes: activationLagMinutes ?? campaign.activationLagMinutes,
  };
}

function withPlan(upload: Upload, campaign: CampaignSettings, made: UploadPlan): Upload {
  const { rows, accepted, rejected, chunks, blocks, fields, mapping, guessed, fromMs, toMs } = made;
  const { channels, numberForm, activationLagMinutes } = campaign;
  const status = accepted === 0 ? 'finished' : guessed ? 'unconfirmed' : 'ready';
  return {
    ...upload,
    status,
    fields,
    blocks,
    toMs,
    settings: { channels, numberForm, activationLagMinutes },
    plan: {
      uploadId: upload.id,
      campaignId: upload.campaignId,
      rows,
      accepted,
      rejected: { ...rejected },
      chunks,
      blocks: [...blocks],
      fields: [...fields],
      numberColumn: mapping.number,
      guessed,
      mapping,
      fromMs,
      toMs,
    },
  };
}

/** Writes down how far a plan came, one note at a time, and ends a plan whose time is over. */
class Notes {
  readonly #deps: Pick<PlanFileDeps, 'ledger' | 'clock'>;
  readonly #uploadId: string;
  readonly #limits: { readonly sizeBytes: number; readonly deadlineMs: EpochMs };
  #notedMs: EpochMs;
  #noting: Promise<void> | undefined;
  #failure: unknown;

  constructor(
    deps: Pick<PlanFileDeps, 'ledger' | 'clock'>,
    uploadId: string,
    limits: { readonly sizeBytes: number; readonly deadlineMs: EpochMs },
  ) {
    this.#deps = deps;
    this.#uploadId = uploadId;
    this.#limits = limits;
    this.#notedMs = deps.clock.nowMs();
  }

  /** @throws UploadFileError */
  take(progress: PlanProgress): void {
    if (this.#failure !== undefined) throw this.#failure;
    const nowMs = this.#deps.clock.nowMs();
    if (nowMs > this.#limits.deadlineMs - endingMs)
      throw new UploadFileError('The file takes longer to read than a plan may take: upload it in parts.');
    if (this.#noting || nowMs - this.#notedMs < noteEveryMs) return;
    this.#notedMs = nowMs;
    this.#noting = this.#deps.ledger
      .notePlanning(this.#uploadId, { ...progress, sizeBytes: this.#limits.sizeBytes })
      .catch((error: unknown) => {
        this.#failure = error;
      })
      .finally(() => {
        this.#noting = undefined;
      });
  }

  settled(): Promise<void> {
    return this.#noting ?? Promise.resolve();
  }
}
