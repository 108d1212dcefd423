import type { ListFact } from '../policy/types.ts';
import type { EpochMs } from '../shared/clock.ts';

/** A place for the registry's files: a local folder or an S3 prefix. Keys use `/`. All faults are thrown. */
export interface RegistryObjects {
  /** A small object whole, with the tag that `replace` compares; undefined where there is none. */
  read(key: string): Promise<{ readonly bytes: Uint8Array; readonly tag: string } | undefined>;
  /** Exactly `length` bytes from `offset`; a missing or shorter object is thrown, never padded. */
  readRange(key: string, offset: number, length: number): Promise<Uint8Array>;
  /** Fills `into` with the whole object; an object of another size is thrown. */
  readInto(key: string, into: Uint8Array): Promise<void>;
  /** The object appears whole or not at all, and survives a power failure once this returns. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Replaces the object only if it still is what `tag` says (`undefined`: only if there is none). */
  replace(key: string, bytes: Uint8Array, tag: string | undefined): Promise<'replaced' | 'conflict'>;
  list(prefix: string): AsyncIterable<{ readonly key: string; readonly modifiedMs: EpochMs }>;
  remove(key: string): Promise<void>;
}

/** One flat text list: a plain file, or a file inside a zip. */
export interface RegistryList {
  /** As a person would look for it: `full.zip/212.txt`. */
  readonly name: string;
  chunks(): AsyncIterable<Uint8Array>;
}

/** A file that was handed in. Opening or reading it throws `RegistryFileError` where the file itself is at fault. */
export interface RegistryFile {
  readonly name: string;
  /** The date of the list as the uploader stated it beside the file, `YYYY-MM-DD`. */
  readonly statedAsOf?: string;
  lists(): AsyncIterable<RegistryList>;
}

/** The file cannot be taken; the message is one sentence for the person who handed it in. */
export class RegistryFileError extends Error {
  override readonly name = 'RegistryFileError';
  readonly code = 'registry-file-unreadable';
}

/** Why a look-up has no answer. Each one forbids a call that needs the registry. */
export type UnreadableReason =
  | 'no-copy'
  | 'area-code-not-in-copy'
  | 'area-code-not-subscribed'
  | 'copy-too-old'
  | 'read-failed';

export interface RegistryFact extends ListFact {
  readonly list: 'registry:US';
  readonly reason?: UnreadableReason;
}

/** Answers of a batch, by the index of the number. */
export interface RegistryBatch {
  /** One of `batchState` a number. */
  readonly states: Uint8Array;
  factAt(index: number): RegistryFact | undefined;
}

export const batchState = { clear: 0, listed: 1, unreadable: 2, notApplicable: 3 } as const;

/** The do-not-call registry of the United States, as the policy asks it. */
export interface RegistryReader {
  /**
   * Undefined where the registry has nothing to say: the number is not one of the United States or its territories,
   * so a rule about the registry does not apply. That is not `clear`. Never throws for a copy that cannot be read:
   * the answer is `unreadable` then, and the fault is reported.
   * @param number E.164.
   */
  lookUp(number: string): Promise<RegistryFact | undefined>;
  /**
   * The same for many numbers; loads each area code once. At most 10 million a batch.
   * @param numbers E.164 texts, or E.164 without the plus sign as numbers (12125550123).
   */
  lookUpMany(numbers: Iterable<string> | Float64Array): Promise<RegistryBatch>;
}
