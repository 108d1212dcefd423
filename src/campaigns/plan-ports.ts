import type { RegistryReader } from '../registry/ports.ts';
import type { EpochMs } from '../shared/clock.ts';

/** Which of many numbers are on a list. Rejects where that cannot be read; the plan fails then, and may run again. */
export type ListedNumbers = (numbers: readonly string[]) => Promise<ReadonlySet<string>>;

/** Earlier attempts to those of the numbers that have any. Rejects where they cannot be read. */
export type AttemptsOfNumbers = (numbers: readonly string[]) => Promise<ReadonlyMap<string, readonly EpochMs[]>>;

/** What is asked about the numbers of a file, many at a time. `not-checked` leaves a question out, which the plan tells. */
export interface PlanLists {
  /** Our own do-not-call list. */
  readonly internal: ListedNumbers | 'not-checked';
  /** Numbers that were uploaded to the campaign within its repeat days. */
  readonly uploadedLately: ListedNumbers | 'not-checked';
  readonly attempts: AttemptsOfNumbers | 'not-checked';
  /** By list, such as `registry:US`. A registry that a rule asks for and that is not here is unreadable. */
  readonly registries: Readonly<Record<string, Pick<RegistryReader, 'lookUpMany'>>>;
}

/** Where a plan goes. Writing the same again replaces it, so that a plan that failed may run again. */
export interface PlanSink {
  /** Chunks, one a line (`events/campaign-chunk`). Blocks count from 0. */
  writeBlock(block: number, lines: Uint8Array): Promise<void>;
  /** Appends to the reject report. */
  report(text: string): Promise<void>;
}

/** Takes the contacts that may be sent, in the order of their rows. */
export interface ContactsTarget {
  /** Whether what was added must be written before another contact comes. */
  readonly isFull: boolean;
  /** Copies one contact, which is JSON already. */
  add(slab: Buffer, from: number, to: number): void;
  write(): Promise<void>;
}
