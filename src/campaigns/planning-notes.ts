import type { Clock, EpochMs } from '../shared/clock.ts';
import { UploadFileError } from './upload-error.ts';
import type { PlanningNote, UploadLedger } from './upload.ts';

const noteEveryMs = 2_000;
/** What is left of the time for writing the end of a plan. */
const endingMs = 20_000;

/** @returns what throws an UploadFileError once too little is left of the time to go on */
export const timeCheck =
  (clock: Pick<Clock, 'nowMs'>, deadlineMs: EpochMs): (() => void) =>
  () => {
    if (clock.nowMs() > deadlineMs - endingMs)
      throw new UploadFileError('The file takes longer to read than a plan may take: upload it in parts.');
  };

/** Writes down how far a plan came, one note at a time. */
export class PlanningNotes {
  readonly #deps: { readonly ledger: Pick<UploadLedger, 'notePlanning'>; readonly clock: Pick<Clock, 'nowMs'> };
  readonly #uploadId: string;
  #notedMs: EpochMs;
  #noting: Promise<void> | undefined;
  #failure: unknown;

  constructor(
    deps: { readonly ledger: Pick<UploadLedger, 'notePlanning'>; readonly clock: Pick<Clock, 'nowMs'> },
    uploadId: string,
  ) {
    this.#deps = deps;
    this.#uploadId = uploadId;
    this.#notedMs = deps.clock.nowMs();
  }

  /** Throws where the note before could not be written. */
  take(note: PlanningNote): void {
    if (this.#failure !== undefined) throw this.#failure;
    const nowMs = this.#deps.clock.nowMs();
    if (this.#noting || nowMs - this.#notedMs < noteEveryMs) return;
    this.#notedMs = nowMs;
    this.#noting = this.#deps.ledger
      .notePlanning(this.#uploadId, note)
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
