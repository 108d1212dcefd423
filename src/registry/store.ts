import type { EpochMs } from '../shared/clock.ts';
import { bitmapBytes, countBits, digestOf } from './bitmap.ts';
import {
  type AreaCodeCopy,
  RegistryDamagedError,
  type RegistryManifest,
  decodeManifest,
  decodePointer,
  encodeManifest,
  encodePointer,
} from './manifest.ts';
import type { RegistryObjects } from './ports.ts';

/** The copy in use, with the tag that guards the switch to the next one. */
export interface CurrentCopy {
  readonly manifest: RegistryManifest;
  readonly tag: string;
}

const pointerKey = 'current.json';
const manifestKey = (version: string) => `manifests/${version}.json`;
/** Bitmaps are named by what they hold: unchanged area codes are shared by copies, and a repeated write is harmless. */
const bitmapKey = (areaCode: string, sha256: string) => `bitmaps/${areaCode}/${sha256}.bits`;

/**
 * The registry's copies. `current.json` names the copy in use and is replaced in one step after everything it leads to
 * is written, so a crash at any point leaves the earlier copy as it was.
 */
export class RegistryStore {
  readonly #objects: RegistryObjects;

  constructor(objects: RegistryObjects) {
    this.#objects = objects;
  }

  /** Undefined before the first import. @throws RegistryDamagedError */
  async current(): Promise<CurrentCopy | undefined> {
    const found = await this.#objects.read(pointerKey);
    if (!found) return undefined;
    const pointer = decodePointer(found.bytes);
    const manifest = await this.#objects.read(manifestKey(pointer.version));
    if (!manifest) throw new RegistryDamagedError(`The manifest of registry copy ${pointer.version} is missing.`);
    return { manifest: decodeManifest(manifest.bytes, pointer), tag: found.tag };
  }

  /** One block of an area code's bitmap. */
  readBlock(areaCode: string, copy: AreaCodeCopy, offset: number, length: number): Promise<Uint8Array> {
    return this.#objects.readRange(bitmapKey(areaCode, copy.sha256), offset, length);
  }

  /** A whole bitmap, proven by its digest. @throws RegistryDamagedError */
  async readBitmap(areaCode: string, sha256: string, into: Uint8Array): Promise<void> {
    await this.#objects.readInto(bitmapKey(areaCode, sha256), into);
    if (digestOf(into) !== sha256) {
      throw new RegistryDamagedError(`The registry bitmap of area code ${areaCode} is not the one that was written.`);
    }
  }

  /** Keeps a bitmap under its digest; nothing refers to it until a manifest does. */
  async writeBitmap(areaCode: string, bitmap: Uint8Array): Promise<{ sha256: string; count: number }> {
    if (bitmap.byteLength !== bitmapBytes) throw new RangeError(`A bitmap has ${bitmapBytes} bytes.`);
    const sha256 = digestOf(bitmap);
    await this.#objects.write(bitmapKey(areaCode, sha256), bitmap);
    return { sha256, count: countBits(bitmap) };
  }

  /** Puts a copy in use, unless another one was put in use since `tag` was read. */
  async switchTo(manifest: RegistryManifest, tag: string | undefined): Promise<'switched' | 'conflict'> {
    await this.#objects.write(manifestKey(manifest.version), encodeManifest(manifest));
    const outcome = await this.#objects.replace(pointerKey, encodePointer(manifest), tag);
    return outcome === 'replaced' ? 'switched' : 'conflict';
  }

  /**
   * Removes what neither the copy in use nor the one before it needs. Young objects stay: they may belong to an import
   * that is still running, or to a reader that has not seen the switch yet.
   */
  async sweep(olderThanMs: EpochMs): Promise<number> {
    const current = await this.current();
    if (!current) return 0;
    const kept = new Set<string>();
    for (const version of [current.manifest.version, current.manifest.previous]) {
      if (version !== null) await this.#keep(version, current.manifest, kept);
    }
    let removed = 0;
    for (const prefix of ['bitmaps/', 'manifests/']) {
      for await (const object of this.#objects.list(prefix)) {
        if (kept.has(object.key) || object.modifiedMs >= olderThanMs) continue;
        await this.#objects.remove(object.key);
        removed += 1;
      }
    }
    return removed;
  }

  async #keep(version: string, current: RegistryManifest, kept: Set<string>): Promise<void> {
    kept.add(manifestKey(version));
    const manifest = version === current.version ? current : await this.#manifest(version);
    for (const [areaCode, copy] of Object.entries(manifest?.areaCodes ?? {}))
      kept.add(bitmapKey(areaCode, copy.sha256));
  }

  async #manifest(version: string): Promise<RegistryManifest | undefined> {
    const found = await this.#objects.read(manifestKey(version));
    if (!found) return undefined;
    return decodeManifest(found.bytes, {
      schema: 'ringback.registry-pointer.v1',
      version,
      manifestSha256: digestOf(found.bytes),
    });
  }
}
