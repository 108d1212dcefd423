import type { EpochMs } from '../shared/clock.ts';
import { isRegistryAreaCode, nationalDigits } from './area-codes.ts';
import { emptyBitmap, hasBit, numbersPerAreaCode } from './bitmap.ts';
import type { AreaCodeCopy } from './manifest.ts';
import { type RegistryBatch, type RegistryFact, type UnreadableReason, batchState } from './ports.ts';

/** What the manifest says about an area code: where its bitmap is, or why there is no answer. */
export type AreaCodeAnswer =
  | { readonly copy: AreaCodeCopy }
  | { readonly reason: UnreadableReason; readonly asOfMs?: EpochMs };

export interface BatchSource {
  readonly concurrency: number;
  answerFor(areaCode: number): AreaCodeAnswer;
  /** False where the bitmap could not be read; the fault has been told. */
  load(areaCode: number, copy: AreaCodeCopy, into: Uint8Array): Promise<boolean>;
}

const numbersMax = 10_000_000;
/** Country code 1 in front of ten digits. */
const countryCodeOne = 10_000_000_000;

/** Numbers sorted by area code, so that each bitmap is loaded once, used up and overwritten by the next. */
export class BatchLookUp implements RegistryBatch {
  readonly states: Uint8Array;
  /** 0 where the registry does not apply. */
  readonly #areaCodes: Uint16Array;
  readonly #lines: Uint32Array;
  readonly #answers = new Map<number, AreaCodeAnswer>();

  /** @throws RangeError for more than ten million numbers. */
  constructor(numbers: Iterable<string> | Float64Array) {
    const list = numbers instanceof Float64Array || Array.isArray(numbers) ? numbers : [...numbers];
    if (list.length > numbersMax)
      throw new RangeError(`A batch has at most ${numbersMax} numbers, got ${list.length}.`);
    this.#areaCodes = new Uint16Array(list.length);
    this.#lines = new Uint32Array(list.length);
    this.states = new Uint8Array(list.length).fill(batchState.notApplicable);
    for (let index = 0; index < list.length; index += 1) {
      const number = list[index] as string | number;
      const digits = typeof number === 'string' ? nationalDigits(number) : number - countryCodeOne;
      const areaCode = Math.trunc(digits / numbersPerAreaCode);
      if (!isRegistryAreaCode(areaCode)) continue;
      this.#areaCodes[index] = areaCode;
      this.#lines[index] = digits % numbersPerAreaCode;
      // Until its bitmap has answered, a number counts as unreadable, never as clear.
      this.states[index] = batchState.unreadable;
    }
  }

  async run(source: BatchSource): Promise<void> {
    const groups = this.#groups();
    const queue = groups.areaCodes.values();
    const work = async () => {
      const bitmap = emptyBitmap();
      for (const areaCode of queue) await this.#answerGroup(source, areaCode, groups.indexesOf(areaCode), bitmap);
    };
    const workers = Math.min(source.concurrency, groups.areaCodes.length);
    await Promise.all(Array.from({ length: workers }, work));
  }

  factAt(index: number): RegistryFact | undefined {
    const state = this.states[index];
    if (state === undefined) throw new RangeError(`The batch has no number ${index}.`);
    if (state === batchState.notApplicable) return undefined;
    const answer = this.#answers.get(this.#areaCodes[index] as number) ?? { reason: 'read-failed' };
    if ('copy' in answer) {
      const { asOfMs } = answer.copy;
      return { list: 'registry:US', state: state === batchState.listed ? 'listed' : 'clear', asOfMs };
    }
    return { list: 'registry:US', state: 'unreadable', ...answer };
  }

  async #answerGroup(source: BatchSource, areaCode: number, indexes: Uint32Array, bitmap: Uint8Array): Promise<void> {
    const answer = source.answerFor(areaCode);
    this.#answers.set(areaCode, answer);
    if (!('copy' in answer)) return;
    if (!(await source.load(areaCode, answer.copy, bitmap))) {
      this.#answers.set(areaCode, { reason: 'read-failed', asOfMs: answer.copy.asOfMs });
      return;
    }
    for (const index of indexes) {
      this.states[index] = hasBit(bitmap, this.#lines[index] as number) ? batchState.listed : batchState.clear;
    }
  }

  /** A counting sort of the indexes by area code. */
  #groups(): { areaCodes: number[]; indexesOf(areaCode: number): Uint32Array } {
    const ends = new Uint32Array(1_001);
    for (const areaCode of this.#areaCodes) ends[areaCode + 1] = (ends[areaCode + 1] as number) + 1;
    for (let areaCode = 1; areaCode <= 1_000; areaCode += 1) {
      ends[areaCode] = (ends[areaCode] as number) + (ends[areaCode - 1] as number);
    }
    const starts = ends.slice();
    const sorted = new Uint32Array(this.#areaCodes.length);
    for (let index = 0; index < sorted.length; index += 1) {
      const areaCode = this.#areaCodes[index] as number;
      sorted[starts[areaCode] as number] = index;
      starts[areaCode] = (starts[areaCode] as number) + 1;
    }
    const indexesOf = (areaCode: number) => sorted.subarray(ends[areaCode], ends[areaCode + 1]);
    const areaCodes = Array.from({ length: 800 }, (_, offset) => 200 + offset).filter(
      (code) => indexesOf(code).length > 0,
    );
    return { areaCodes, indexesOf };
  }
}
