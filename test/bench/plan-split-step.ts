/** One step of `npm run bench:upload -- --split`: its folder and its part. Prints what it took as JSON. */
import { createWriteStream, mkdirSync } from 'node:fs';
import { mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { type PlanPart, PlanPartSchema } from '../../events/plan-part/schema.ts';
import type { PlanPartDeps } from '../../src/campaigns/split/part-deps.ts';
import { planPart } from '../../src/campaigns/split/plan-part.ts';
import type { GrowingObject, SplitObjects } from '../../src/campaigns/split/ports.ts';
import { type CampaignSettings, UploadSettingsSchema } from '../../src/campaigns/upload-settings.ts';
import type { Upload } from '../../src/campaigns/upload.ts';
import { createTable } from '../../src/policy/create-decide.ts';
import { MemoryLedger, noMappings } from '../unit/campaigns/support/memory-ledger.ts';

export interface StepFigures {
  readonly step: PlanPart['step'];
  readonly cpuSeconds: number;
  readonly peakMb: number;
}

interface Bench {
  readonly path: string;
  readonly campaign: CampaignSettings;
  readonly uploadId: string;
  readonly atMs: number;
}

const pieceBytes = 8 * 1024 * 1024;

async function* readBytes(path: string, from: number, to: number): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  try {
    for (let at = from; at < to; at += pieceBytes) {
      const buffer = Buffer.allocUnsafeSlow(Math.min(pieceBytes, to - at));
      await file.read(buffer, 0, buffer.length, at);
      yield buffer;
    }
  } finally {
    await file.close();
  }
}

class FolderSplitObjects implements SplitObjects {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  read(key: string): Promise<Uint8Array> {
    return readFile(join(this.#folder, key));
  }

  async *readPieces(key: string): AsyncGenerator<Uint8Array> {
    const path = join(this.#folder, key);
    yield* readBytes(path, 0, (await stat(path)).size);
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.#folder, key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }

  begin(key: string): GrowingObject {
    const path = join(this.#folder, key);
    mkdirSync(dirname(path), { recursive: true });
    const stream = createWriteStream(path);
    return {
      append: async (piece) => {
        if (!stream.write(piece)) await once(stream, 'drain');
      },
      finish: async () => {
        stream.end();
        await once(stream, 'finish');
      },
      abandon: async () => void stream.destroy(),
    };
  }
}

const [folder = '', text = ''] = process.argv.slice(2);
const part = z.parse(PlanPartSchema, JSON.parse(text));
const { path, campaign, uploadId, atMs } = JSON.parse(await readFile(join(folder, 'bench.json'), 'utf8')) as Bench;
const { size } = await stat(path);
const ledger = new MemoryLedger();
const uploads = UploadSettingsSchema.parse({ campaigns: { bench: campaign } });
const upload: Upload = {
  id: uploadId,
  campaignId: 'bench',
  status: 'planning',
  source: { key: path },
  by: 'operator:bench',
  createdAtMs: atMs,
  settings: campaign,
  fields: [],
  blocks: [],
  toMs: 0,
  version: 1,
};
await ledger.add(upload);
const objects = new FolderSplitObjects(folder);
let blocks = 0;
const deps: PlanPartDeps = {
  ledger,
  objects,
  files: {
    open: async (_file, { from, to } = { from: 0, to: size }) => ({
      chunks: readBytes(path, from, to),
      sizeBytes: size,
      etag: 'bench',
    }),
  },
  targetOf: () => ({
    writeBlock: (_block, lines) => objects.write(`blocks/${(blocks += 1)}`, lines),
    settled: async () => undefined,
    report: objects.begin('report.csv'),
  }),
  listsOf: () => ({
    internal: async () => new Set(),
    uploadedLately: async () => new Set(),
    attempts: async () => new Map(),
    registries: {},
  }),
  mappings: noMappings,
  readBans: async () => [],
  table: createTable(),
  pushes: { send: async () => undefined },
  clock: { nowMs: () => atMs },
  settings: { uploads, countries: ['US', 'CA'] },
};
const startedCpu = process.cpuUsage();
const outcome = await planPart(deps, part, atMs + 900_000);
if (outcome !== 'done' && outcome !== 'planned') throw new Error(`The step ${part.step} came to ${outcome}.`);
const cpu = process.cpuUsage(startedCpu);
const figures: StepFigures = {
  step: part.step,
  cpuSeconds: Number(((cpu.user + cpu.system) / 1_000_000).toFixed(2)),
  peakMb: Math.round(process.resourceUsage().maxRSS / 1_024),
};
process.stdout.write(JSON.stringify(figures));
