import type { PlanPart } from '../../../../events/plan-part/schema.ts';
import type { FileRange } from '../../../../src/campaigns/split/cut-file.ts';
import { rangesKey, shardsKey } from '../../../../src/campaigns/split/keys.ts';
import type { PlanPartDeps, PlanPartOutcome } from '../../../../src/campaigns/split/part-deps.ts';
import { planPart } from '../../../../src/campaigns/split/plan-part.ts';
import type { SplitObjects } from '../../../../src/campaigns/split/ports.ts';
import { awaitFile } from '../../../../src/campaigns/start-upload.ts';
import { UploadSettingsSchema } from '../../../../src/campaigns/upload-settings.ts';
import type { Upload } from '../../../../src/campaigns/upload.ts';
import { MemoryLedger, noMappings } from './memory-ledger.ts';
import { mapping, noLists, nowMs, table } from './planning.ts';

/** Objects in memory. */
export class MemoryObjects implements SplitObjects {
  readonly all = new Map<string, Buffer>();

  async read(key: string): Promise<Buffer> {
    const found = this.all.get(key);
    if (!found) throw new Error(`There is no ${key}.`);
    return found;
  }

  async *readPieces(key: string): AsyncGenerator<Uint8Array> {
    const bytes = await this.read(key);
    for (let at = 0; at < bytes.length; at += 61) yield bytes.subarray(at, at + 61);
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    this.all.set(key, Buffer.from(bytes));
  }

  begin(key: string) {
    const pieces: Buffer[] = [];
    return {
      append: async (piece: string | Uint8Array) => void pieces.push(Buffer.from(piece as Uint8Array)),
      finish: () => this.write(key, Buffer.concat(pieces)),
      abandon: async () => undefined,
    };
  }

  readJson(key: string): unknown {
    return JSON.parse((this.all.get(key) ?? '').toString());
  }
}

export interface SplitWorld {
  readonly deps: PlanPartDeps;
  readonly id: string;
  readonly ledger: MemoryLedger;
  readonly objects: MemoryObjects;
  readonly blocks: string[];
  readonly pushed: string[];
  report(): string;
  record(): Upload;
  step(part: Omit<PlanPart, 'uploadId'>): Promise<PlanPartOutcome>;
  /** All steps, as the state machine takes them. */
  run(): Promise<PlanPartOutcome>;
  ranges(): readonly FileRange[];
}

/** An upload whose file is planned in parts, everything in memory. */
export async function splitWorld(
  file: string | Buffer,
  { rangeBytes, ...campaign }: Readonly<Record<string, unknown>> & { readonly rangeBytes: number },
  change: Partial<PlanPartDeps> = {},
): Promise<SplitWorld> {
  const bytes = Buffer.from(file as Buffer);
  const ledger = new MemoryLedger();
  const objects = new MemoryObjects();
  const uploads = UploadSettingsSchema.parse({
    campaigns: { spring: { mapping, basis: { type: 'consent', since: '2026-10-01' }, ...campaign } },
  });
  const settings = {
    uploads: { ...uploads, split: { ...uploads.split, rangeBytes } },
    countries: ['US', 'CA'],
  };
  const clock = { nowMs: () => nowMs };
  const started = await awaitFile({ ledger, clock, settings }, { campaignId: 'spring', by: 'operator:eve' });
  if (!started.ok) throw new Error('It was not started.');
  const { id } = started.value;
  ledger.uploads.set(id, { ...started.value, status: 'planning' });
  const blocks: string[] = [];
  const pushed: string[] = [];
  const deps: PlanPartDeps = {
    ledger,
    objects,
    files: {
      open: async (_file, range = { from: 0, to: bytes.length }) => ({
        chunks: pieces(bytes.subarray(range.from, range.to)),
        sizeBytes: bytes.length,
        etag: '"e"',
      }),
    },
    targetOf: () => ({
      writeBlock: async (block, lines) => void (blocks[block] = Buffer.from(lines).toString()),
      settled: async () => undefined,
      report: objects.begin('report'),
    }),
    listsOf: () => noLists,
    mappings: noMappings,
    readBans: async () => [],
    table,
    pushes: { send: async (upload) => void pushed.push(upload) },
    clock,
    settings,
    ...change,
  };
  const step: SplitWorld['step'] = (part) => planPart(deps, { ...part, uploadId: id } as PlanPart, nowMs + 900_000);
  const ranges = () => objects.readJson(rangesKey(id)) as FileRange[];
  const run = async (): Promise<PlanPartOutcome> => {
    const cut = await step({ step: 'cut' });
    if (cut !== 'done') return cut;
    const shards = objects.readJson(shardsKey(id)) as { shard: number }[];
    // Not in their order: they run side by side.
    for (const item of ranges().toReversed()) await step({ step: 'numbers', item } as PlanPart);
    for (const item of shards) await step({ step: 'repeats', item } as PlanPart);
    for (const item of ranges().toReversed()) await step({ step: 'range', item } as PlanPart);
    return step({ step: 'join' });
  };
  const record = (): Upload => ledger.uploads.get(id) as Upload;
  const report = (): string => (objects.all.get('report') ?? '').toString();
  return { deps, id, ledger, objects, blocks, pushed, report, record, step, run, ranges };
}

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 89) yield bytes.subarray(at, at + 89);
}
