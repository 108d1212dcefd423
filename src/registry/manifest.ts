import * as z from 'zod/mini';
import type { EpochMs } from '../shared/clock.ts';
import { digestOf } from './bitmap.ts';

const Instant = z.int().check(z.nonnegative());
const Sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const AreaCode = z.string().check(z.regex(/^[2-9]\d\d$/));
const Version = z.string().check(z.regex(/^[A-Za-z0-9-]{1,64}$/));

const AreaCodeCopySchema = z.strictObject({
  /** Names the bitmap and proves it. */
  sha256: Sha256,
  /** Listed numbers. */
  count: z.int().check(z.nonnegative(), z.lte(10_000_000)),
  /** When the registry made the list that the bitmap was made from. */
  asOfMs: Instant,
});

export const RegistryManifestSchema = z.strictObject({
  schema: z.literal('ringback.registry.v1'),
  country: z.literal('US'),
  version: Version,
  createdAtMs: Instant,
  /** The copy that was in use before; kept, so that it can be returned to. */
  previous: z.nullable(Version),
  /** The area codes that the organisation subscribes to, or `all` of them. */
  subscription: z.union([z.literal('all'), z.array(AreaCode).check(z.minLength(1), z.maxLength(800))]),
  areaCodes: z.record(AreaCode, AreaCodeCopySchema),
});

/** What one copy of the national registry holds; written after every bitmap it names. */
export type RegistryManifest = z.infer<typeof RegistryManifestSchema>;
export type AreaCodeCopy = z.infer<typeof AreaCodeCopySchema>;

const PointerSchema = z.strictObject({
  schema: z.literal('ringback.registry-pointer.v1'),
  version: Version,
  manifestSha256: Sha256,
});
export type RegistryPointer = z.infer<typeof PointerSchema>;

/** The stored copy cannot be trusted: a file is missing, short, changed, or of a newer form. */
export class RegistryDamagedError extends Error {
  override readonly name = 'RegistryDamagedError';
  readonly code = 'registry-damaged';
}

const encode = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value)}\n`);

export const encodeManifest = (manifest: RegistryManifest): Uint8Array => encode(manifest);

/** @throws RegistryDamagedError */
export function decodeManifest(bytes: Uint8Array, pointer: RegistryPointer): RegistryManifest {
  if (digestOf(bytes) !== pointer.manifestSha256) {
    throw new RegistryDamagedError(`The manifest of registry copy ${pointer.version} is not the one that was written.`);
  }
  return decode(RegistryManifestSchema, bytes, `manifest of registry copy ${pointer.version}`);
}

export const encodePointer = (manifest: RegistryManifest): Uint8Array =>
  encode({
    schema: 'ringback.registry-pointer.v1',
    version: manifest.version,
    manifestSha256: digestOf(encodeManifest(manifest)),
  } satisfies RegistryPointer);

/** @throws RegistryDamagedError */
export const decodePointer = (bytes: Uint8Array): RegistryPointer =>
  decode(PointerSchema, bytes, 'pointer to the registry copy in use');

function decode<T extends z.ZodMiniType>(schema: T, bytes: Uint8Array, what: string): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new RegistryDamagedError(`The ${what} is not JSON.`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw new RegistryDamagedError(`The ${what} does not have the form this version reads.`, { cause: parsed.error });
  }
  return parsed.data;
}

/** The date of the oldest list in the copy: what the copy as a whole may claim. Undefined for a copy of nothing. */
export function oldestAsOfMs(manifest: RegistryManifest): EpochMs | undefined {
  const dates = Object.values(manifest.areaCodes).map((copy) => copy.asOfMs);
  return dates.length === 0 ? undefined : Math.min(...dates);
}
