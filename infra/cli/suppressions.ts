/** `npm run suppressions -- import FILE --reason TEXT | export FILE`: our own do-not-call list from and to CSV. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoSuppressionBulkStore } from '../../src/adapters/dynamodb/suppression-bulk-store.ts';
import { FileCheckpoints, FileRejectReport } from '../../src/adapters/files/bulk-files.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import type { Clock } from '../../src/shared/clock.ts';
import { exportSuppressions } from '../../src/suppression/bulk-export.ts';
import { type BulkProgress, importSuppressions } from '../../src/suppression/bulk-import.ts';
import { bulkCountry } from '../../src/suppression/bulk-number.ts';
import { BulkFileError } from '../../src/suppression/bulk-parse.ts';
import type { SuppressionBulkStore } from '../../src/suppression/bulk-ports.ts';
import type { BulkDefaults } from '../../src/suppression/bulk-row.ts';
import { readFlags } from './flags.ts';
import { dataFolderDefault, runningStack } from './running-stack.ts';

const usage = `Usage:
  npm run suppressions -- import FILE [--reason TEXT] [--country US] [--source TEXT] [--by NAME] [--rejects FILE]
  npm run suppressions -- export FILE
Everywhere: [--table NAME | --data DIR] [--json]
  --table  the table on AWS, the output SuppressionsTable of RingbackStateful (or SUPPRESSIONS_TABLE)
  --data   the data folder of the stack that npm start runs (default ${dataFolderDefault}); where no table is named
Columns: number, reason, source, addedBy, addedAt; only number must be there. A stopped import goes on where it stopped.`;

const options = {
  table: { type: 'string' },
  data: { type: 'string', default: dataFolderDefault },
  json: { type: 'boolean', default: false },
  reason: { type: 'string' },
  country: { type: 'string' },
  source: { type: 'string' },
  by: { type: 'string' },
  rejects: { type: 'string' },
} as const;

const parseFlags = (args: readonly string[]) =>
  parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
type Flags = ReturnType<typeof parseFlags>['values'];

export interface SuppressionsCliDeps {
  /** Undefined where no table is named and no stack runs with the data folder. */
  readonly openStore: (table: string | undefined, dataDir: string) => SuppressionBulkStore | undefined;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly nowMs: () => number;
}

/** Rows between two lines of progress. */
const progressRows = 50_000;

/** @returns the exit code: 0 done, 1 refused or with rejects, 2 wrong usage. */
export async function runSuppressionsCli(args: readonly string[], deps: SuppressionsCliDeps): Promise<number> {
  const parsed = readFlags(parseFlags, args, { usage, complain: deps.complain });
  if (!parsed) return 2;
  const [command, path, ...rest] = parsed.positionals;
  if ((command !== 'import' && command !== 'export') || path === undefined || rest.length > 0) {
    deps.complain(usage);
    return 2;
  }
  const { table, data } = parsed.values;
  const store = deps.openStore(table, data);
  if (!store) {
    deps.complain(`No stack runs with the data folder ${data}: start one, or name the table on AWS with --table.`);
    return 2;
  }
  return command === 'import'
    ? runImport(store, path, parsed.values, deps)
    : runExport(store, path, parsed.values, deps);
}

async function runImport(
  store: SuppressionBulkStore,
  path: string,
  flags: Flags,
  deps: SuppressionsCliDeps,
): Promise<number> {
  const rejectsPath = flags.rejects ?? `${path}.rejects.csv`;
  let progress: BulkProgress;
  try {
    const fileSha256 = await digestOfFile(path);
    progress = await importSuppressions(
      {
        store,
        checkpoints: new FileCheckpoints(`${path}.checkpoint`),
        report: new FileRejectReport(rejectsPath),
        ...(!flags.json && { onProgress: progressPrinter(deps) }),
      },
      {
        chunks: createReadStream(path, { highWaterMark: 256 * 1_024 }),
        fileSha256,
        defaults: defaultsOf(path, flags, deps),
      },
    );
  } catch (error) {
    const sentence = refusalOf(error, path);
    if (sentence === undefined) throw error;
    deps.complain(sentence);
    return 1;
  }
  if (progress.rejected === 0) await rm(rejectsPath, { force: true });
  const where = progress.rejected === 0 ? '' : ` (see ${rejectsPath})`;
  if (flags.json) deps.print(JSON.stringify({ ...progress, ...(progress.rejected > 0 && { rejects: rejectsPath }) }));
  else
    deps.print(
      `${progress.added} numbers added, ${progress.already} were listed already, ${progress.rejected} rows rejected${where}.`,
    );
  return progress.rejected === 0 ? 0 : 1;
}

async function runExport(
  store: SuppressionBulkStore,
  path: string,
  flags: Flags,
  deps: SuppressionsCliDeps,
): Promise<number> {
  let rows = 0;
  const text = exportSuppressions(store.all(), (count) => {
    rows = count;
    if (!flags.json && count % progressRows === 0) deps.print(`${count} rows`);
  });
  try {
    // An export holds whole numbers, so only its owner may read it, and it never replaces a file by mistake.
    await pipeline(Readable.from(text), createWriteStream(path, { mode: 0o600, flags: 'wx' }));
  } catch (error) {
    if (isCode(error, 'EEXIST')) deps.complain(`${path} is there already: choose another name.`);
    else if (isCode(error, 'ENOENT')) deps.complain(`The folder of ${path} is not there.`);
    else throw error;
    return 1;
  }
  deps.print(flags.json ? JSON.stringify({ rows }) : `${rows} numbers written to ${path}.`);
  return 0;
}

function defaultsOf(path: string, flags: Flags, deps: SuppressionsCliDeps): BulkDefaults {
  return {
    source: flags.source ?? `import:${basename(path)}`.slice(0, 100),
    addedBy: flags.by ?? `cli:${userInfo().username}`,
    addedAtMs: deps.nowMs(),
    ...(flags.reason !== undefined && { reason: flags.reason }),
    ...(flags.country !== undefined && { country: bulkCountry(flags.country) }),
  };
}

function progressPrinter(deps: SuppressionsCliDeps): (progress: BulkProgress) => void {
  let nextRow = progressRows;
  return (progress) => {
    if (progress.row < nextRow) return;
    nextRow = progress.row + progressRows;
    deps.print(
      `row ${progress.row}: ${progress.added} added, ${progress.already} listed already, ${progress.rejected} rejected`,
    );
  };
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Undefined for what is no fault of the file or the arguments. */
function refusalOf(error: unknown, path: string): string | undefined {
  if (error instanceof BulkFileError || error instanceof RangeError) return `Refused. ${error.message}`;
  return isCode(error, 'ENOENT') ? `${path} is not there.` : undefined;
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

function openStore(table: string | undefined, dataDir: string, clock: Clock): SuppressionBulkStore | undefined {
  const named = table ?? process.env['SUPPRESSIONS_TABLE'];
  if (named) return new DynamoSuppressionBulkStore(new DynamoDBClient({}), named, clock);
  const stack = runningStack(dataDir);
  return (
    stack && new DynamoSuppressionBulkStore(new DynamoDBClient(stack.client), stack.output('SuppressionsTable'), clock)
  );
}

if (import.meta.main) {
  const clock = createSystemClock();
  process.exitCode = await runSuppressionsCli(process.argv.slice(2), {
    openStore: (table, dataDir) => openStore(table, dataDir, clock),
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
    nowMs: () => clock.nowMs(),
  });
}
