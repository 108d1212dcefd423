import type { CampaignChunk } from '../../events/campaign-chunk/schema.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import { type AskLimits, askUntilProcessed, waitMsOf } from './ask-until-processed.ts';
import { type BlockKeeper, PushContendedError } from './block-keeper.ts';
import { chunksIn, statusOf } from './chunk-states.ts';
import { type Closing, closeMissed } from './close-listed.ts';
import type { UploadWithList } from './contact-in-list.ts';
import { PushedBlocks } from './pushed-blocks.ts';
import type { PlannedChunks, UploadRecord, UploadStore } from './push-ports.ts';
import { resolveUncertain } from './resolve-uncertain.ts';
import { type SendChunkDeps, sendChunk } from './send-chunk.ts';

export interface PushUploadDeps extends Omit<SendChunkDeps, 'isStopping' | 'deadlineMs'> {
  readonly uploads: UploadStore;
  readonly chunks: PlannedChunks;
  readonly clock: Clock;
  /** Tells this pusher from others. */
  readonly owner: string;
  readonly settings?: Partial<PushSettings>;
}

export interface PushSettings {
  /** Requests on their way at once. @default 4 */
  readonly concurrency: number;
  /** How long the list's count must stay the same to count as final. @default 10 minutes */
  readonly settleMs: number;
  /** How often the count is read while it settles. @default 30 s */
  readonly countEveryMs: number;
  /** How soon a contact that Webex did not close is closed again. @default 30 s */
  readonly closeEveryMs: number;
  /** How soon a pause or cancellation is seen. @default 2 s */
  readonly lookEveryMs: number;
  /** How long others keep away after the last sign of life. @default 60 s */
  readonly leaseMs: number;
  /** So many refusals in a row are no fault of the contacts: the upload pauses. @default 5 */
  readonly refusalsMax: number;
}

export type PushOutcome =
  | { readonly outcome: Exclude<UploadRecord['status'], 'ready' | 'pushing'> | 'not-found' }
  /** Go on after that instant: the time was up, another pusher is at it, or the list's count has to settle. */
  | { readonly outcome: 'continue'; readonly notBeforeMs: EpochMs };

const settingsDefault: PushSettings = {
  concurrency: 4,
  settleMs: 600_000,
  countEveryMs: 30_000,
  closeEveryMs: 30_000,
  lookEveryMs: 2_000,
  leaseMs: 60_000,
  refusalsMax: 5,
};
const roundsMax = 10;

/**
 * Sends what is pending of an upload, until all of it is settled or the time is up. May be stopped at any point and run
 * again: what was on its way then is uncertain, and only the list's own record count makes it pending or settled again.
 * @param deadlineMs no new request is begun after it
 */
export const pushUpload = (deps: PushUploadDeps, uploadId: string, deadlineMs: EpochMs): Promise<PushOutcome> =>
  new Push(deps, uploadId, deadlineMs).run();

interface Task {
  readonly keeper: BlockKeeper;
  readonly chunk: CampaignChunk;
}

class Push {
  readonly #deps: PushUploadDeps;
  readonly #settings: PushSettings;
  readonly #uploadId: string;
  readonly #deadlineMs: EpochMs;
  #upload!: UploadRecord;
  #blocks!: PushedBlocks;
  #lookedMs: EpochMs = 0;
  #looking: Promise<void> | undefined;
  #stop: PushOutcome | undefined;
  #refusalsInRow = 0;

  constructor(deps: PushUploadDeps, uploadId: string, deadlineMs: EpochMs) {
    this.#deps = deps;
    this.#settings = { ...settingsDefault, ...deps.settings };
    this.#uploadId = uploadId;
    this.#deadlineMs = deadlineMs;
  }

  async run(): Promise<PushOutcome> {
    const kept = await this.#takeLease();
    if (kept) return kept;
    this.#blocks = await PushedBlocks.open(this.#deps.uploads, this.#upload);
    await this.#blocks.doubtWhatWasSent();
    const outcome = await this.#rest(stopOf(this.#upload) ?? (await this.#push()));
    await this.#letGo(outcome);
    return outcome;
  }

  async #push(): Promise<PushOutcome> {
    // What Webex could not be told the last time does not wait until everything else is sent.
    await this.#closeMissed();
    for (;;) {
      const upload = await this.#withList();
      if (upload) await this.#sendPending(upload);
      const outcome = this.#stop ?? (upload && (await this.#settleUncertain(upload)));
      if (outcome) return outcome;
    }
  }

  /** Before an upload rests, everybody must be closed who was suppressed on the way, because nobody looks after that. */
  async #rest(outcome: PushOutcome): Promise<PushOutcome> {
    if (outcome.outcome !== 'finished' && outcome.outcome !== 'paused') return outcome;
    const closing = await this.#closeMissed();
    if (closing.outcome === 'closed') return outcome;
    if (closing.outcome === 'open')
      return this.#later(this.#deps.clock.nowMs() >= this.#deadlineMs ? 0 : this.#settings.closeEveryMs);
    await this.#pauseUnclosed(closing);
    return { outcome: 'paused' };
  }

  async #closeMissed(): Promise<Closing> {
    if (!hasList(this.#upload)) return { outcome: 'closed' };
    return closeMissed({ ...this.#deps, deadlineMs: this.#deadlineMs }, this.#upload, this.#blocks.keepers);
  }

  /** Undefined where the upload is ours to push now. */
  async #takeLease(): Promise<PushOutcome | undefined> {
    for (let round = 0; round < roundsMax; round += 1) {
      const upload = await this.#deps.uploads.read(this.#uploadId);
      if (!upload) return { outcome: 'not-found' };
      const stopped = stopOf(upload);
      // A paused upload may have somebody left to close.
      if (stopped && !(upload.status === 'paused' && hasList(upload))) return stopped;
      const nowMs = this.#deps.clock.nowMs();
      const { lease } = upload;
      if (lease && lease.owner !== this.#deps.owner && lease.untilMs > nowMs)
        return { outcome: 'continue', notBeforeMs: lease.untilMs };
      if (nowMs >= upload.toMs) {
        if (await this.#write({ ...upload, status: 'expired' })) return { outcome: 'expired' };
      } else if (await this.#write(this.#leased(stopped ? upload : { ...upload, status: 'pushing' }))) return undefined;
    }
    return this.#later(this.#settings.lookEveryMs);
  }

  #leased(upload: UploadRecord): UploadRecord {
    const untilMs = this.#deps.clock.nowMs() + this.#settings.leaseMs;
    return { ...upload, lease: { owner: this.#deps.owner, untilMs } };
  }

  #later(afterMs: number): PushOutcome {
    return { outcome: 'continue', notBeforeMs: this.#deps.clock.nowMs() + afterMs };
  }

  async #write(upload: UploadRecord): Promise<boolean> {
    const after = { ...upload, version: upload.version + 1 };
    if ((await this.#deps.uploads.write(after)) !== 'written') return false;
    this.#upload = after;
    return true;
  }

  /** Changes the record whoever else has changed it meanwhile, a person's pause above all. */
  async #update(make: (upload: UploadRecord) => UploadRecord): Promise<void> {
    for (let round = 0; round < roundsMax; round += 1) {
      if (await this.#write(make(this.#upload))) return;
      this.#upload = await this.#readOurs();
    }
    throw new PushContendedError(`Upload ${this.#uploadId} is written by others.`);
  }

  async #readOurs(): Promise<UploadRecord> {
    const upload = await this.#deps.uploads.read(this.#uploadId);
    if (upload?.lease?.owner === this.#deps.owner) return upload;
    throw new PushContendedError(`Another pusher took upload ${this.#uploadId} over.`);
  }

  /** Whether somebody paused or cancelled it, the list expired or the time is up; seen within `lookEveryMs`. */
  async #mustStop(): Promise<boolean> {
    const nowMs = this.#deps.clock.nowMs();
    if (nowMs >= this.#deadlineMs) this.#stop ??= this.#later(0);
    if (nowMs >= this.#upload.toMs) this.#stop ??= { outcome: 'expired' };
    if (!this.#stop && nowMs - this.#lookedMs >= this.#settings.lookEveryMs) {
      this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
      await this.#looking;
    }
    return this.#stop !== undefined;
  }

  async #look(): Promise<void> {
    this.#upload = await this.#readOurs();
    this.#lookedMs = this.#deps.clock.nowMs();
    this.#stop ??= stopOf(this.#upload);
    const untilMs = this.#upload.lease?.untilMs ?? 0;
    if (!this.#stop && untilMs - this.#lookedMs < this.#settings.leaseMs / 2)
      await this.#update((each) => this.#leased(each));
  }

  get #limits(): AskLimits {
    const isStopping = (): boolean => this.#stop !== undefined || this.#deps.clock.nowMs() >= this.#deadlineMs;
    return { clock: this.#deps.clock, deadlineMs: this.#deadlineMs, isStopping };
  }

  /** Makes the list. One whose making has no answer is made again: an empty list in Webex calls nobody. */
  async #withList(): Promise<UploadWithList | undefined> {
    if (hasList(this.#upload)) return this.#upload;
    const ask = () => this.#deps.lists.create(this.#upload.settings);
    const answer = await askUntilProcessed(this.#limits, ask);
    if (answer.outcome === 'done') await this.#update((upload) => ({ ...upload, contactListId: answer.contactListId }));
    else if (answer.outcome === 'unsent') this.#stop ??= this.#later(waitMsOf(answer));
    else await this.#pause(`Webex made no contact list: ${answer.words}`);
    return hasList(this.#upload) ? this.#upload : undefined;
  }

  async #pause(because: string): Promise<void> {
    const isOpen = ({ status }: UploadRecord): boolean => status === 'pushing' || status === 'paused';
    await this.#update((upload) => (isOpen(upload) ? { ...upload, status: 'paused', because } : upload));
    this.#stop ??= stopOf(this.#upload);
  }

  #pauseUnclosed({ words }: { readonly words: string }): Promise<void> {
    return this.#pause(`Webex does not close a contact whose number was suppressed: ${words}`);
  }

  async #sendPending(upload: UploadWithList): Promise<void> {
    if (this.#upload.counted && this.#blocks.count('pending') > 0)
      await this.#update((each) => ({ ...each, counted: undefined }));
    const tasks = this.#tasks();
    const work = async (): Promise<void> => {
      for (let next = await tasks.next(); !next.done; next = await tasks.next()) {
        if (await this.#mustStop()) return;
        await this.#send(upload, next.value);
      }
    };
    const workers = Array.from({ length: this.#settings.concurrency }, () =>
      work().catch((error: unknown) => {
        // The others must not begin anything that nobody waits for.
        this.#stop ??= this.#later(0);
        throw error;
      }),
    );
    const failed = (await Promise.allSettled(workers)).find((worker) => worker.status === 'rejected');
    if (failed) throw failed.reason;
  }

  async *#tasks(): AsyncGenerator<Task, undefined> {
    for (const keeper of this.#blocks.keepers) {
      if (chunksIn(keeper.record, 'pending').length === 0) continue;
      for (const chunk of await this.#deps.chunks.readBlock(this.#uploadId, keeper.record.block)) {
        if (statusOf(keeper.record, chunk.chunk) === 'pending') yield { keeper, chunk };
      }
    }
    return undefined;
  }

  async #send(upload: UploadWithList, { keeper, chunk }: Task): Promise<void> {
    const sent = await sendChunk({ ...this.#deps, ...this.#limits }, upload, keeper, chunk);
    if (sent.outcome === 'unsent') this.#stop ??= this.#later(sent.waitMs);
    if (sent.outcome === 'unclosed' && sent.closing.outcome === 'refused') await this.#pauseUnclosed(sent.closing);
    if (sent.outcome !== 'refused') {
      this.#refusalsInRow = 0;
      return;
    }
    this.#refusalsInRow += 1;
    if (this.#refusalsInRow === this.#settings.refusalsMax)
      await this.#pause(`Webex refused ${this.#refusalsInRow} requests in a row: ${sent.words}`);
  }

  /** Undefined where chunks turned out not to have arrived, so that there is something to send again. */
  async #settleUncertain(upload: UploadWithList): Promise<PushOutcome | undefined> {
    const uncertain = this.#blocks.uncertain();
    if (uncertain.length === 0 || upload.isCountSpoilt) return { outcome: 'finished' };
    const nowMs = this.#deps.clock.nowMs();
    const count = await this.#deps.lists.count(upload.contactListId);
    const before = this.#upload.counted;
    const counted = count === undefined || before?.count === count ? before : { count, sinceMs: nowMs };
    const { settleMs, countEveryMs } = this.#settings;
    const resolution = resolveUncertain(uncertain, this.#blocks.acceptedContacts(), counted, { nowMs, settleMs });
    switch (resolution.outcome) {
      case 'resolved':
        await this.#blocks.resolve(resolution);
        return resolution.absent.length === 0 ? { outcome: 'finished' } : undefined;
      case 'wait':
        // A count that Webex does not tell will not settle anything.
        if (!counted) return { outcome: 'finished' };
        await this.#update((each) => ({ ...each, counted }));
        return this.#later(countEveryMs);
      case 'inconclusive':
        return { outcome: 'finished' };
    }
  }

  async #letGo(outcome: PushOutcome): Promise<void> {
    const isFinal = outcome.outcome === 'finished' || outcome.outcome === 'expired';
    await this.#update((upload) => {
      const free = { ...upload, lease: undefined };
      return isFinal && upload.status === 'pushing' ? { ...free, status: outcome.outcome } : free;
    });
  }
}

const hasList = (upload: UploadRecord): upload is UploadWithList => upload.contactListId !== undefined;

function stopOf({ status }: UploadRecord): PushOutcome | undefined {
  return status === 'ready' || status === 'pushing' ? undefined : { outcome: status };
}
