import type { EpochMs } from '../shared/clock.ts';
import { clearBit, setBit } from './bitmap.ts';

/** Seven digits need 24 bits; the bit above them says delete. */
const deleteFlag = 1 << 24;
const lineMask = deleteFlag - 1;
const firstCapacity = 1024;

/** Changes of one area code, twelve bytes each. */
interface Changes {
  count: number;
  codes: Uint32Array;
  timesMs: Float64Array;
}

/**
 * Rows of change lists, held until every list is read and then applied area code by area code in order of time, so
 * neither the order of the rows nor that of the files matters; rows of the same instant keep their order.
 */
export class ChangeLog {
  rows = 0;
  readonly #byAreaCode = new Map<number, Changes>();

  add(areaCode: number, line: number, action: 'add' | 'delete', atMs: EpochMs): void {
    let changes = this.#byAreaCode.get(areaCode);
    if (!changes) {
      changes = { count: 0, codes: new Uint32Array(firstCapacity), timesMs: new Float64Array(firstCapacity) };
      this.#byAreaCode.set(areaCode, changes);
    }
    if (changes.count === changes.codes.length) grow(changes);
    changes.codes[changes.count] = action === 'delete' ? line | deleteFlag : line;
    changes.timesMs[changes.count] = atMs;
    changes.count += 1;
    this.rows += 1;
  }

  areaCodes(): number[] {
    return [...this.#byAreaCode.keys()].toSorted((a, b) => a - b);
  }

  /** Applies an area code's changes to its bitmap. */
  applyTo(bitmap: Uint8Array, areaCode: number): void {
    const changes = this.#byAreaCode.get(areaCode);
    if (!changes) return;
    const order = orderOf(changes);
    for (let index = 0; index < changes.count; index += 1) {
      const code = changes.codes[order ? (order[index] as number) : index] as number;
      if (code & deleteFlag) clearBit(bitmap, code & lineMask);
      else setBit(bitmap, code);
    }
  }
}

function grow(changes: Changes): void {
  const codes = new Uint32Array(changes.codes.length * 2);
  const timesMs = new Float64Array(changes.codes.length * 2);
  codes.set(changes.codes);
  timesMs.set(changes.timesMs);
  changes.codes = codes;
  changes.timesMs = timesMs;
}

/** Undefined where the rows are in order of time already, as the registry's own files are. */
function orderOf({ count, timesMs }: Changes): Uint32Array | undefined {
  let ordered = true;
  for (let index = 1; index < count && ordered; index += 1) {
    ordered = (timesMs[index] as number) >= (timesMs[index - 1] as number);
  }
  if (ordered) return undefined;
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  return order.sort((a, b) => (timesMs[a] as number) - (timesMs[b] as number) || a - b);
}
