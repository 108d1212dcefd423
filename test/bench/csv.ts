/** Reads the file of `npm run bench:upload` (which makes it) with our own splitter and with csv-parse, and prints JSON. */
import { createReadStream } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { readRows } from '../../src/campaigns/read-rows.ts';
import { readChunks } from '../../src/adapters/files/read-chunks.ts';

const path = join(tmpdir(), 'ringback-contacts-states-1000000.csv');

async function timed(name: string, read: () => Promise<{ rows: number; cells: number }>) {
  const startedAt = performance.now();
  const startedCpu = process.cpuUsage();
  const counted = await read();
  const { user, system } = process.cpuUsage(startedCpu);
  const seconds = Number(((performance.now() - startedAt) / 1_000).toFixed(2));
  return { name, ...counted, seconds, cpuSeconds: Number(((user + system) / 1_000_000).toFixed(2)) };
}

async function ours() {
  let rows = 0;
  let cells = 0;
  const sink = {
    row: (read: readonly string[]) => {
      rows += 1;
      cells += read.length;
    },
    fault: () => undefined,
  };
  for await (const progress of readRows(readChunks(path), () => sink)) void progress;
  return { rows, cells };
}

async function csvParse() {
  let rows = 0;
  let cells = 0;
  const records = createReadStream(path).pipe(parse({ bom: true, from_line: 2 }));
  records.on('data', (read: string[]) => {
    rows += 1;
    cells += read.length;
  });
  await new Promise<void>((resolve, reject) => records.on('end', resolve).on('error', reject));
  return { rows, cells };
}

const load = loadavg()[0];
const runs = [
  await timed('ours', ours),
  await timed('csv-parse', csvParse),
  await timed('ours', ours),
  await timed('csv-parse', csvParse),
];
process.stdout.write(`${JSON.stringify({ load, runs }, null, 2)}\n`);
