import type { EpochMs } from '../shared/clock.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import { emptyBitmap } from './bitmap.ts';
import { BitmapPool } from './bitmap-pool.ts';
import {
  type ImportCommand,
  type ImportDeps,
  type ImportFailure,
  type ImportLimits,
  type ImportReport,
  Refusal,
  defaultLimits,
} from './import-types.ts';
import { dayOf } from './list-date.ts';
import type { AreaCodeCopy, RegistryManifest } from './manifest.ts';
import { RegistryFileError } from './ports.ts';
import { ListReader } from './read-lists.ts';
import type { CurrentCopy } from './store.ts';

/** Area codes with fewer numbers may shrink freely: a new one says little about what is normal. */
const shrinkWatchedFrom = 1_000;

/**
 * Reads full lists and change lists into a new copy of the registry and puts it in use in one step. Area codes that no
 * list mentions keep what they have. Any refused list refuses the whole import, and the copy in use stays as it was.
 */
export async function importRegistry(
  deps: ImportDeps,
  command: ImportCommand,
): Promise<Result<ImportReport, ImportFailure>> {
  const limits = { ...defaultLimits, ...deps.limits };
  const pool = new BitmapPool(deps.store, { residentMax: limits.residentBitmapsMax });
  const reader = new ListReader({
    clock: deps.clock,
    limits,
    pool,
    ...(deps.onProgress && { onProgress: deps.onProgress }),
  });
  try {
    const current = await deps.store.current();
    await reader.read(command);
    const areaCodes = new NewCopy(current, command, limits);
    for (const [areaCode, written] of await pool.settle()) {
      areaCodes.place(areaCode, { ...written, asOfMs: reader.fullAsOfMs.get(areaCode) as EpochMs });
    }
    await applyChanges(deps, reader, areaCodes, command);
    return ok(await putInUse(deps, command, reader, areaCodes, current));
  } catch (error) {
    if (error instanceof Refusal) return fail(error.failure);
    if (error instanceof RegistryFileError) return fail({ code: 'file-unreadable', detail: error.message });
    throw error;
  }
}

/** The area codes of the copy that is being made, beginning with what is in use. */
class NewCopy {
  readonly byAreaCode: Record<string, AreaCodeCopy>;
  readonly #held: Readonly<Record<string, AreaCodeCopy>>;
  readonly #command: ImportCommand;
  readonly #limits: ImportLimits;

  constructor(current: CurrentCopy | undefined, command: ImportCommand, limits: ImportLimits) {
    this.#held = current?.manifest.areaCodes ?? {};
    this.byAreaCode = command.replace ? {} : { ...this.#held };
    this.#command = command;
    this.#limits = limits;
  }

  /** @throws Refusal for what would make the copy older or, suspiciously, much smaller. */
  place(areaCode: number, copy: AreaCodeCopy): void {
    const held = this.#held[areaCode];
    if (held) {
      this.refuseOlder(areaCode, copy.asOfMs, held);
      this.#refuseShrunk(areaCode, copy, held);
    }
    this.byAreaCode[areaCode] = copy;
  }

  refuseOlder(areaCode: number, asOfMs: EpochMs, held: AreaCodeCopy): void {
    if (asOfMs >= held.asOfMs || this.#command.allowOlder) return;
    throw new Refusal(
      'list-older-than-copy',
      `The list of area code ${areaCode} is of ${dayOf(asOfMs)}, but there is one of ${dayOf(held.asOfMs)} already.`,
    );
  }

  #refuseShrunk(areaCode: number, copy: AreaCodeCopy, held: AreaCodeCopy): void {
    if (this.#command.allowShrink || held.count < shrinkWatchedFrom) return;
    if (copy.count * 100 >= held.count * (100 - this.#limits.shrinkPercentMax)) return;
    throw new Refusal(
      'list-cut-off',
      `Area code ${areaCode} would go from ${held.count} to ${copy.count} numbers, so the list looks cut off: download it again, or allow it with --allow-shrink.`,
    );
  }
}

async function applyChanges(
  deps: ImportDeps,
  reader: ListReader,
  copy: NewCopy,
  command: ImportCommand,
): Promise<void> {
  const bitmap = emptyBitmap();
  for (const areaCode of reader.changes.areaCodes()) {
    const base = copy.byAreaCode[areaCode];
    if (!base) {
      throw new Refusal(
        'change-list-without-base',
        `A change list names area code ${areaCode}, but there is no full list of it: import the full list first.`,
      );
    }
    const asOfMs = reader.changeAsOfMs.get(areaCode) as EpochMs;
    copy.refuseOlder(areaCode, asOfMs, base);
    await deps.store.readBitmap(String(areaCode), base.sha256, bitmap);
    reader.changes.applyTo(bitmap, areaCode);
    const written = await deps.store.writeBitmap(String(areaCode), bitmap);
    copy.place(areaCode, { ...written, asOfMs: Math.max(asOfMs, base.asOfMs) });
  }
  if (!command.changesCoverAll || reader.changes.rows === 0) return;
  const coveredUntilMs = Math.min(...reader.changeAsOfMs.values());
  for (const [areaCode, held] of Object.entries(copy.byAreaCode)) {
    copy.byAreaCode[areaCode] = { ...held, asOfMs: Math.max(held.asOfMs, coveredUntilMs) };
  }
}

async function putInUse(
  deps: ImportDeps,
  command: ImportCommand,
  reader: ListReader,
  copy: NewCopy,
  current: CurrentCopy | undefined,
): Promise<ImportReport> {
  const subscription = command.subscription ?? current?.manifest.subscription ?? 'all';
  const manifest: RegistryManifest = {
    schema: 'ringback.registry.v1',
    country: 'US',
    version: deps.newVersion(),
    createdAtMs: deps.clock.nowMs(),
    previous: current?.manifest.version ?? null,
    subscription: subscription === 'all' ? 'all' : [...subscription],
    areaCodes: copy.byAreaCode,
  };
  const touched = new Set([...reader.fullAsOfMs.keys(), ...reader.changeAsOfMs.keys()]);
  const report = { lists: reader.reports, areaCodesTouched: [...touched].map(String).toSorted() };
  // A repeated upload must not push the copy before it out of the one place kept for it.
  if (current && sameContent(current.manifest, manifest))
    return { ...report, outcome: 'unchanged', manifest: current.manifest };
  if ((await deps.store.switchTo(manifest, current?.tag)) === 'conflict') {
    throw new Refusal('copy-changed-meanwhile', 'Another import put its copy in use meanwhile: import again.');
  }
  return { ...report, outcome: 'switched', manifest };
}

function sameContent(a: RegistryManifest, b: RegistryManifest): boolean {
  const essence = ({ subscription, areaCodes }: RegistryManifest) =>
    JSON.stringify([
      subscription,
      Object.keys(areaCodes)
        .toSorted()
        .map((areaCode) => [areaCode, areaCodes[areaCode]?.sha256, areaCodes[areaCode]?.asOfMs]),
    ]);
  return essence(a) === essence(b);
}
