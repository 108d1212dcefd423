import type { Clock, EpochMs } from '../shared/clock.ts';
import type { RegistryManifest } from './manifest.ts';
import type { RegistryFile } from './ports.ts';
import type { ListKind, MalformedLine } from './scan-list.ts';
import type { RegistryStore } from './store.ts';

export interface ImportDeps {
  readonly store: RegistryStore;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly newVersion: () => string;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly limits?: Partial<ImportLimits>;
}

export interface ImportLimits {
  /** Malformed lines that a list may have before the whole import is refused. @default 10 */
  readonly malformedLinesMax: number;
  /** A list may make an area code's numbers fewer by this share; a list that was cut off does more. @default 25 */
  readonly shrinkPercentMax: number;
  /** Lists in one import. @default 1000 */
  readonly listsMax: number;
  /** Rows of all change lists together; twelve bytes each are held. @default 10,000,000 */
  readonly changeRowsMax: number;
  /** Bitmaps held at once if the lists are in no order, 1.25 MB each. @default 400, which holds the whole country */
  readonly residentBitmapsMax: number;
}

export const defaultLimits: ImportLimits = {
  malformedLinesMax: 10,
  shrinkPercentMax: 25,
  listsMax: 1_000,
  changeRowsMax: 10_000_000,
  residentBitmapsMax: 400,
};

export interface ImportCommand {
  readonly files: readonly RegistryFile[];
  /** Date of all lists, `YYYY-MM-DD`; without it each file tells its own, beside it or in its name. */
  readonly asOf?: string;
  /** What the organisation subscribes to; without it as in the copy in use, or `all`. */
  readonly subscription?: 'all' | readonly string[];
  /** Forget the copy in use: the new one holds these lists alone. */
  readonly replace?: boolean;
  /** The change lists speak for every area code of the copy, so those without a change are as new as the lists. */
  readonly changesCoverAll?: boolean;
  /** Take lists that are older than what the copy holds. */
  readonly allowOlder?: boolean;
  /** Take lists that make an area code much smaller. */
  readonly allowShrink?: boolean;
}

export interface ImportProgress {
  readonly list: string;
  readonly bytes: number;
  readonly rows: number;
}

export interface ListReport {
  readonly list: string;
  readonly kind: ListKind;
  readonly asOfMs: EpochMs;
  readonly rows: number;
  readonly malformedCount: number;
  /** The first twenty. */
  readonly malformed: readonly MalformedLine[];
}

export interface ImportReport {
  /** `unchanged` where the copy in use already says the same. */
  readonly outcome: 'switched' | 'unchanged';
  readonly manifest: RegistryManifest;
  readonly lists: readonly ListReport[];
  readonly areaCodesTouched: readonly string[];
}

export type ImportFailureCode =
  | 'no-files'
  | 'file-unreadable'
  | 'list-empty'
  | 'not-a-registry-list'
  | 'too-many-malformed-lines'
  | 'date-missing'
  | 'date-in-future'
  | 'list-older-than-copy'
  | 'list-cut-off'
  | 'change-list-without-base'
  | 'too-much'
  | 'copy-changed-meanwhile';

export interface ImportFailure {
  readonly code: ImportFailureCode;
  /** One sentence. */
  readonly detail: string;
  readonly malformed?: readonly MalformedLine[];
}

/** Leaves the import with an expected failure; turned into a `Result` at the door. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly failure: ImportFailure;
  constructor(code: ImportFailureCode, detail: string, malformed?: readonly MalformedLine[]) {
    super(detail);
    this.failure = { code, detail, ...(malformed && { malformed }) };
  }
}
