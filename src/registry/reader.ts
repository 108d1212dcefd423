import type { Clock, EpochMs } from '../shared/clock.ts';
import { isRegistryAreaCode, nationalDigits } from './area-codes.ts';
import { type AreaCodeAnswer, BatchLookUp } from './batch.ts';
import { bitmapBytes, hasBit, numbersPerAreaCode } from './bitmap.ts';
import { BlockCache } from './block-cache.ts';
import type { AreaCodeCopy, RegistryManifest } from './manifest.ts';
import type { RegistryBatch, RegistryFact, RegistryReader, UnreadableReason } from './ports.ts';
import type { RegistryStore } from './store.ts';

export interface RegistryReaderSettings {
  /** A list older than this is unreadable. The FTC's rule wants at most 31 days (16 CFR 310.4(b)(3)(iv)). @default 31 days */
  readonly ageMaxMs: number;
  /** How long the manifest is believed before a newer copy is looked for. @default 60 s */
  readonly manifestTtlMs: number;
  /** Bytes of one ranged read: 16 KiB hold 131,072 numbers. @default 16 KiB */
  readonly blockBytes: number;
  /** Bytes of blocks kept in memory. @default 8 MiB */
  readonly cacheBytesMax: number;
  /** Area codes that a batch loads at the same time, 1.25 MB each. @default 4 */
  readonly batchConcurrency: number;
}

const defaultSettings: RegistryReaderSettings = {
  ageMaxMs: 31 * 86_400_000,
  manifestTtlMs: 60_000,
  blockBytes: 16_384,
  cacheBytesMax: 8 * 1024 * 1024,
  batchConcurrency: 4,
};

export interface RegistryReaderDeps {
  readonly store: RegistryStore;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Told every fault that made an answer `unreadable`, so that it can be logged and raise the alarm. */
  readonly reportFault: (fault: unknown) => void;
  readonly settings?: Partial<RegistryReaderSettings>;
}

/** Answers from the copy in use; whatever cannot be proven to be clear is listed or unreadable. */
export class StoredRegistryReader implements RegistryReader {
  readonly #deps: RegistryReaderDeps;
  readonly #settings: RegistryReaderSettings;
  readonly #blocks: BlockCache;
  #loaded: { readonly manifest: Promise<RegistryManifest | undefined>; readonly untilMs: EpochMs } | undefined;

  constructor(deps: RegistryReaderDeps) {
    this.#deps = deps;
    this.#settings = { ...defaultSettings, ...deps.settings };
    this.#blocks = new BlockCache(this.#settings.cacheBytesMax);
  }

  async lookUp(number: string): Promise<RegistryFact | undefined> {
    const digits = nationalDigits(number);
    const areaCode = Math.trunc(digits / numbersPerAreaCode);
    if (!isRegistryAreaCode(areaCode)) return undefined;
    return this.#lookUpLine(areaCode, digits % numbersPerAreaCode);
  }

  async lookUpMany(numbers: Iterable<string> | Float64Array): Promise<RegistryBatch> {
    const batch = new BatchLookUp(numbers);
    const manifest = await this.#manifest();
    await batch.run({
      concurrency: this.#settings.batchConcurrency,
      answerFor: (areaCode) => this.#answerFor(manifest, areaCode),
      load: async (areaCode, copy, into) => {
        try {
          await this.#deps.store.readBitmap(String(areaCode), copy.sha256, into);
          return true;
        } catch (fault) {
          this.#deps.reportFault(fault);
          return false;
        }
      },
    });
    return batch;
  }

  async #lookUpLine(areaCode: number, line: number): Promise<RegistryFact> {
    const answer = this.#answerFor(await this.#manifest(), areaCode);
    if ('reason' in answer) return unreadable(answer.reason, answer.asOfMs);
    const { copy } = answer;
    try {
      const block = await this.#block(areaCode, copy, line >> 3);
      const listed = hasBit(block, line % (this.#settings.blockBytes * 8));
      return { list: 'registry:US', state: listed ? 'listed' : 'clear', asOfMs: copy.asOfMs };
    } catch (fault) {
      this.#deps.reportFault(fault);
      return unreadable('read-failed', copy.asOfMs);
    }
  }

  #block(areaCode: number, copy: AreaCodeCopy, byte: number): Promise<Uint8Array> {
    const { blockBytes } = this.#settings;
    const offset = byte - (byte % blockBytes);
    const length = Math.min(blockBytes, bitmapBytes - offset);
    return this.#blocks.get(`${copy.sha256}/${offset}`, () =>
      this.#deps.store.readBlock(String(areaCode), copy, offset, length),
    );
  }

  /** Rejects never: a manifest that cannot be read is undefined here, and told. */
  #manifest(): Promise<RegistryManifest | 'unreadable' | undefined> {
    const nowMs = this.#deps.clock.nowMs();
    if (!this.#loaded || nowMs >= this.#loaded.untilMs) {
      const manifest = this.#deps.store.current().then((current) => current?.manifest);
      this.#loaded = { manifest, untilMs: nowMs + this.#settings.manifestTtlMs };
    }
    const loaded = this.#loaded;
    return loaded.manifest.catch((fault: unknown) => {
      if (this.#loaded === loaded) this.#loaded = undefined;
      this.#deps.reportFault(fault);
      return 'unreadable' as const;
    });
  }

  #answerFor(manifest: RegistryManifest | 'unreadable' | undefined, areaCode: number): AreaCodeAnswer {
    if (manifest === 'unreadable') return { reason: 'read-failed' };
    if (!manifest) return { reason: 'no-copy' };
    const copy = manifest.areaCodes[areaCode];
    if (!copy) {
      const subscribed = manifest.subscription === 'all' || manifest.subscription.includes(String(areaCode));
      return { reason: subscribed ? 'area-code-not-in-copy' : 'area-code-not-subscribed' };
    }
    if (this.#deps.clock.nowMs() - copy.asOfMs > this.#settings.ageMaxMs) {
      return { reason: 'copy-too-old', asOfMs: copy.asOfMs };
    }
    return { copy };
  }
}

const unreadable = (reason: UnreadableReason, asOfMs: EpochMs | undefined): RegistryFact => ({
  list: 'registry:US',
  state: 'unreadable',
  reason,
  ...(asOfMs !== undefined && { asOfMs }),
});
