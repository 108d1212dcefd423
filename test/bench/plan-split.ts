import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { PlanPart } from '../../events/plan-part/schema.ts';
import { rangesKey, shardsKey } from '../../src/campaigns/split/keys.ts';
import type { CampaignSettings } from '../../src/campaigns/upload-settings.ts';
import type { StepFigures } from './plan-split-step.ts';

export interface SplitBench {
  readonly path: string;
  readonly campaign: CampaignSettings;
  readonly rows: number;
}

/** What one kind of step took: how many there were, and the largest of each figure. */
export interface StepSummary {
  readonly step: PlanPart['step'];
  readonly count: number;
  readonly cpuSeconds: number;
  readonly cpuSecondsOfAll: number;
  readonly peakMb: number;
}

const uploadId = '0190a5c0-7b1e-7d3a-9c55-3f2b8a1c4d5e';
const run = promisify(execFile);
const stepScript = fileURLToPath(new URL('plan-split-step.ts', import.meta.url));

/** Plans the file in parts, one step after the other, each in a process of its own with the flags of this one. */
export async function runSplit({ path, campaign, rows }: SplitBench): Promise<readonly StepSummary[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ringback-split-bench-'));
  try {
    await writeFile(join(folder, 'bench.json'), JSON.stringify({ path, campaign, uploadId, atMs: Date.now() }));
    const { size } = await stat(path);
    const all: StepFigures[] = [];
    const step = async (part: object): Promise<void> => {
      const args = [...process.execArgv, stepScript, folder, JSON.stringify({ ...part, uploadId })];
      const { stdout } = await run(process.execPath, args);
      all.push(JSON.parse(stdout) as StepFigures);
    };
    const items = async (key: string): Promise<object[]> =>
      JSON.parse(await readFile(join(folder, key), 'utf8')) as object[];
    await step({ step: 'cut' });
    const ranges = await items(rangesKey(uploadId));
    for (const item of ranges) await step({ step: 'numbers', item });
    for (const item of await items(shardsKey(uploadId))) await step({ step: 'repeats', item });
    for (const item of ranges) await step({ step: 'range', item });
    await step({ step: 'join' });
    process.stderr.write(`${rows} rows, ${size} bytes, ${ranges.length} ranges\n`);
    return summaries(all);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const summaries = (all: readonly StepFigures[]): StepSummary[] =>
  [...Map.groupBy(all, ({ step }) => step)].map(([step, figures]) => ({
    step,
    count: figures.length,
    cpuSeconds: Math.max(...figures.map(({ cpuSeconds }) => cpuSeconds)),
    cpuSecondsOfAll: Number(figures.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0).toFixed(2)),
    peakMb: Math.max(...figures.map(({ peakMb }) => peakMb)),
  }));
