import { emptyBitmap, setBit } from './bitmap.ts';
import type { RegistryStore } from './store.ts';

/** Enough for a list that is in order of area codes, which lists of the registry are. */
const residentFirst = 16;

/**
 * The bitmaps that an import is filling. Few are held as long as the lists come area code by area code; a list in no
 * order raises that to `residentMax`, because otherwise bitmaps would travel to and from the store all the time.
 */
export class BitmapPool {
  readonly #store: RegistryStore;
  readonly #residentMax: number;
  /** In order of use, the longest unused first. */
  readonly #resident = new Map<number, Uint8Array<ArrayBuffer>>();
  readonly #written = new Map<number, { sha256: string; count: number }>();
  readonly #deferred: { areaCode: number; line: number }[] = [];
  #reloads = 0;
  #lastAreaCode = 0;
  #last: Uint8Array = new Uint8Array(0);

  constructor(store: RegistryStore, settings: { readonly residentMax: number }) {
    this.#store = store;
    this.#residentMax = settings.residentMax;
  }

  /** Marks a number as listed, at once or, where its bitmap has been put away, at the next `relieve`. */
  set(areaCode: number, line: number): void {
    if (areaCode !== this.#lastAreaCode && !this.#turnTo(areaCode)) {
      this.#deferred.push({ areaCode, line });
      return;
    }
    setBit(this.#last, line);
  }

  /** Call between pieces of a list: fetches what was put away too early, puts away what exceeds the limit. */
  async relieve(): Promise<void> {
    for (const { areaCode, line } of this.#deferred) {
      if (!this.#resident.has(areaCode)) await this.#fetch(areaCode);
      setBit(this.#resident.get(areaCode) as Uint8Array, line);
    }
    this.#deferred.length = 0;
    const limit = this.#reloads === 0 ? Math.min(residentFirst, this.#residentMax) : this.#residentMax;
    while (this.#resident.size > limit) await this.#putAway();
  }

  /** Writes every bitmap that is still held and tells what all of them became. */
  async settle(): Promise<ReadonlyMap<number, { readonly sha256: string; readonly count: number }>> {
    await this.relieve();
    while (this.#resident.size > 0) await this.#putAway();
    return this.#written;
  }

  #turnTo(areaCode: number): boolean {
    let bitmap = this.#resident.get(areaCode);
    if (!bitmap) {
      if (this.#written.has(areaCode)) return false;
      bitmap = emptyBitmap();
    }
    this.#resident.delete(areaCode);
    this.#resident.set(areaCode, bitmap);
    this.#lastAreaCode = areaCode;
    this.#last = bitmap;
    return true;
  }

  async #fetch(areaCode: number): Promise<void> {
    const written = this.#written.get(areaCode);
    if (!written) throw new Error(`Area code ${areaCode} was never put away.`);
    const bitmap = emptyBitmap();
    await this.#store.readBitmap(String(areaCode), written.sha256, bitmap);
    this.#written.delete(areaCode);
    this.#resident.set(areaCode, bitmap);
    this.#reloads += 1;
  }

  async #putAway(): Promise<void> {
    const [areaCode, bitmap] = this.#resident.entries().next().value as [number, Uint8Array<ArrayBuffer>];
    this.#written.set(areaCode, await this.#store.writeBitmap(String(areaCode), bitmap));
    this.#resident.delete(areaCode);
    if (areaCode === this.#lastAreaCode) this.#lastAreaCode = 0;
  }
}
