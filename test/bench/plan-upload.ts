/**
 * Plans a synthetic file of `--rows` (1,000,000) contacts in this one process and prints JSON. The file is made once; a
 * tenth of its rows is bad. `--split` plans it in parts, each step in a process of its own. `--basis none` asks the registry of `npm run bench:registry` (`--registry FOLDER`) about every number.
 */
import { createWriteStream, existsSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { FolderObjects } from '../../src/adapters/files/folder-objects.ts';
import { readChunks } from '../../src/adapters/files/read-chunks.ts';
import { NorthAmericanPlan } from '../../src/campaigns/north-american-plan.ts';
import { planUpload } from '../../src/campaigns/plan-upload.ts';
import { CampaignSchema } from '../../src/campaigns/upload-settings.ts';
import { createTable } from '../../src/policy/create-decide.ts';
import { StoredRegistryReader } from '../../src/registry/reader.ts';
import { RegistryStore } from '../../src/registry/store.ts';
import { seeded } from '../unit/budget/support/virtual-time.ts';
import { runSplit } from './plan-split.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    basis: { type: 'string', default: 'consent' },
    split: { type: 'boolean', default: false },
    registry: { type: 'string', default: join(tmpdir(), 'ringback-registry-bench') },
  },
});
const rows = Number(values.rows);
const path = join(tmpdir(), `ringback-contacts-states-${rows}.csv`);

/** Every area code of the United States, so that nothing is cheap because it is asked about again and again. */
const plan = new NorthAmericanPlan();
const areaCodes = Array.from({ length: 800 }, (_, index) => 200 + index).filter((areaCode) => {
  const place = plan.find(`${areaCode}5550132`);
  return place?.country === 'US' && place.type === 'FIXED_LINE_OR_MOBILE';
});
const zones = ['America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles', ''];

function* file(): Generator<string> {
  const random = seeded(1);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  let piece = 'customer_id,first_name,last_name,phone,email,time_zone,balance,signed_up\n';
  for (let row = 0; row < rows; row += 1) {
    const kind = row % 10 === 0 ? (row / 10) % 4 : -1;
    const line = String(Math.floor(random() * 10_000)).padStart(4, '0');
    const good = `(${pick(areaCodes)}) ${200 + Math.floor(random() * 800)}-${line}`;
    const phone = kind === 0 ? '(800) 555-0132' : kind === 1 ? 'n/a' : good;
    const balance = kind === 2 ? 'twelve' : (row % 1_000) + 0.25;
    const name = kind === 3 ? `"Ada, row ${row}"` : `First${row}`;
    piece += `C${row},${name},Lastname${row % 5_000},${phone},user${row}@example.com,${pick(zones)},${balance},2026-0${1 + (row % 9)}-02\n`;
    if (piece.length < 262_144) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

if (!existsSync(path)) await pipeline(Readable.from(file()), createWriteStream(path));
const load = loadavg()[0];
const campaign = CampaignSchema.parse({
  mapping: {
    number: 'phone',
    zone: 'time_zone',
    id: 'customer_id',
    fields: {
      PhoneNumber: { column: 'phone', type: 'Phone', required: true },
      CustomerId: { column: 'customer_id' },
      FirstName: { column: 'first_name' },
      LastName: { column: 'last_name' },
      Email: { column: 'email', type: 'Email' },
      Balance: { column: 'balance', type: 'Float' },
      SignedUp: { column: 'signed_up', type: 'Date' },
    },
  },
  ...(values.basis !== 'none' && { basis: { type: values.basis, since: '2026-01-02' } }),
});
if (values.split) {
  const steps = await runSplit({ path, campaign, rows });
  process.stdout.write(`${JSON.stringify({ rows, steps, load })}\n`);
  process.exit();
}
const registry = new StoredRegistryReader({
  store: new RegistryStore(new FolderObjects(values.registry)),
  clock: { nowMs: () => Date.now() },
  reportFault: (fault) => {
    throw fault;
  },
});
const startedAt = performance.now();
const startedCpu = process.cpuUsage();
let bytesOut = 0;
const made = await planUpload(
  {
    lists: {
      internal: async () => new Set(),
      uploadedLately: async () => new Set(),
      attempts: async () => new Map(),
      registries: { 'registry:US': registry },
    },
    sink: {
      writeBlock: async (_block, lines) => void (bytesOut += lines.byteLength),
      report: async (text) => void (bytesOut += text.length),
    },
    table: createTable(),
    bans: [],
  },
  {
    chunks: readChunks(path),
    campaign: { ...campaign, countries: ['US', 'CA'] },
    nowMs: Date.now(),
  },
);
const seconds = (performance.now() - startedAt) / 1_000;
const cpu = process.cpuUsage(startedCpu);
const cpuSeconds = Number(((cpu.user + cpu.system) / 1_000_000).toFixed(2));
const { accepted, rejected, chunks } = made;
const peakMb = Math.round(process.resourceUsage().maxRSS / 1_024);
process.stdout.write(
  `${JSON.stringify({ rows: made.rows, accepted, rejected, chunks, bytesOut, seconds: Number(seconds.toFixed(2)), cpuSeconds, peakMb, load })}\n`,
);
if (rows === 1_000_000 && (seconds > 10 || peakMb > 256)) process.exitCode = 1;
