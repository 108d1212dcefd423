/** `npm run registry -- import FILES… | status | check NUMBER… | sweep`: the US do-not-call registry, from files of your own subscription. */
import { parseArgs } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import { openFileSource } from '../../src/adapters/files/file-source.ts';
import { FolderObjects } from '../../src/adapters/files/folder-objects.ts';
import { S3Objects } from '../../src/adapters/s3/registry-store.ts';
import { registryFile } from '../../src/adapters/zip/registry-file.ts';
import { parsePhone } from '../../src/phone/parse-phone.ts';
import { importRegistry } from '../../src/registry/import-registry.ts';
import type { ImportProgress } from '../../src/registry/import-types.ts';
import { dayOf } from '../../src/registry/list-date.ts';
import { oldestAsOfMs } from '../../src/registry/manifest.ts';
import type { RegistryFact, RegistryObjects } from '../../src/registry/ports.ts';
import { StoredRegistryReader } from '../../src/registry/reader.ts';
import { RegistryStore } from '../../src/registry/store.ts';
import { newCopyVersion } from '../../src/registry/version.ts';
import { readFlags } from './flags.ts';
import { dataFolderDefault, runningStack } from './running-stack.ts';

const usage = `Usage:
  npm run registry -- import FILES… [--as-of YYYY-MM-DD] [--subscription all|212,213] [--replace] [--covers-all]
                                    [--allow-older] [--allow-shrink] [--malformed-max N]
  npm run registry -- status
  npm run registry -- check NUMBER…   (E.164, or national with --country US)
  npm run registry -- sweep           (removes what no copy needs)
Everywhere: [--store FOLDER | s3://BUCKET/PREFIX/ | stack] [--json]
  --store stack  the bucket of the stack that npm start runs, found by its data folder (--data DIR, default ${dataFolderDefault})`;

const options = {
  store: { type: 'string', default: '.ringback/registry' },
  data: { type: 'string', default: dataFolderDefault },
  json: { type: 'boolean', default: false },
  country: { type: 'string', default: 'US' },
  'as-of': { type: 'string' },
  subscription: { type: 'string' },
  'malformed-max': { type: 'string' },
  replace: { type: 'boolean', default: false },
  'covers-all': { type: 'boolean', default: false },
  'allow-older': { type: 'boolean', default: false },
  'allow-shrink': { type: 'boolean', default: false },
} as const;

export interface RegistryCliDeps {
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly nowMs: () => number;
}

type Flags = ReturnType<typeof parseFlags>['values'];

const parseFlags = (args: readonly string[]) =>
  parseArgs({ args: [...args], options, allowPositionals: true, strict: true });

/** Unused and rejected objects stay this long: an import may still be at work on them. */
const sweepAgeMs = 24 * 3_600_000;
const reasons: Readonly<Record<NonNullable<RegistryFact['reason']>, string>> = {
  'no-copy': 'there is no copy of the registry yet, so calls that need it are refused; import the full list',
  'area-code-not-in-copy': 'the copy has no list of its area code, so calls that need it are refused; import that list',
  'area-code-not-subscribed': 'the subscription does not cover its area code, so calls that need it are refused',
  'copy-too-old': 'its list is older than 31 days, so calls that need it are refused; import a new one',
  'read-failed': 'the copy cannot be read, so calls that need it are refused',
};

/** @returns the exit code: 0 done, 1 refused or listed nothing to do, 2 wrong usage. */
export async function runRegistryCli(args: readonly string[], deps: RegistryCliDeps): Promise<number> {
  const parsed = readFlags(parseFlags, args, { usage, complain: deps.complain });
  if (!parsed) return 2;
  const { values, positionals } = parsed;
  const [command, ...rest] = positionals;
  const objects = openObjects(values.store, values.data);
  if (!objects) {
    deps.complain(`No stack runs with the data folder ${values.data}: start one, or name another store.`);
    return 2;
  }
  const store = new RegistryStore(objects);
  if (command === 'import') return runImport(store, rest, values, deps);
  if (command === 'status') return showStatus(store, values, deps);
  if (command === 'check' && rest.length > 0) return check(store, rest, values, deps);
  if (command === 'sweep') return sweep(store, deps);
  deps.complain(usage);
  return 2;
}

function openObjects(place: string, dataDir: string): RegistryObjects | undefined {
  if (place === 'stack') {
    const stack = runningStack(dataDir);
    return stack && new S3Objects({ client: new S3Client(stack.client), bucket: stack.output('RegistryBucket') });
  }
  const bucket = /^s3:\/\/([^/]+)\/?(.*)$/.exec(place);
  if (!bucket) return new FolderObjects(place);
  const prefix = (bucket[2] ?? '').replace(/\/?$/, '/');
  return new S3Objects({ client: new S3Client({}), bucket: bucket[1] as string, ...(prefix !== '/' && { prefix }) });
}

async function runImport(
  store: RegistryStore,
  paths: readonly string[],
  flags: Flags,
  deps: RegistryCliDeps,
): Promise<number> {
  const malformedLinesMax = flags['malformed-max'] === undefined ? undefined : Number(flags['malformed-max']);
  if (malformedLinesMax !== undefined && !(Number.isInteger(malformedLinesMax) && malformedLinesMax >= 0)) {
    deps.complain('--malformed-max must be a whole number such as 10.');
    return 2;
  }
  const subscription = parseSubscription(flags.subscription);
  if (subscription === 'wrong') {
    deps.complain('--subscription must be "all" or area codes such as 212,213.');
    return 2;
  }
  const files = [];
  for (const path of paths) {
    try {
      files.push(registryFile(await openFileSource(path)));
    } catch (error) {
      deps.complain(`${path} cannot be opened: ${(error as Error).message}`);
      return 1;
    }
  }
  const result = await importRegistry(
    {
      store,
      clock: deps,
      newVersion: () => newCopyVersion(deps.nowMs()),
      ...(!flags.json && { onProgress: progressPrinter(deps) }),
      ...(malformedLinesMax !== undefined && { limits: { malformedLinesMax } }),
    },
    {
      files,
      ...(flags['as-of'] !== undefined && { asOf: flags['as-of'] }),
      ...(subscription && { subscription }),
      replace: flags.replace,
      changesCoverAll: flags['covers-all'],
      allowOlder: flags['allow-older'],
      allowShrink: flags['allow-shrink'],
    },
  );
  if (!result.ok) {
    if (flags.json) deps.print(JSON.stringify({ outcome: 'refused', ...result.failure }));
    deps.complain(`Refused, the copy in use stays as it was. ${result.failure.detail}`);
    for (const line of result.failure.malformed ?? [])
      deps.complain(`  line ${line.lineNumber}: ${line.text} (${line.why})`);
    return 1;
  }
  const { outcome, manifest, lists, areaCodesTouched } = result.value;
  if (flags.json) {
    deps.print(JSON.stringify({ outcome, version: manifest.version, lists, areaCodesTouched }));
    return 0;
  }
  for (const list of lists) {
    deps.print(
      `${list.list}: ${list.kind} list of ${dayOf(list.asOfMs)}, ${list.rows} rows, ${list.malformedCount} malformed`,
    );
    for (const line of list.malformed) deps.print(`  line ${line.lineNumber}: ${line.text} (${line.why})`);
  }
  deps.print(
    outcome === 'unchanged'
      ? `Nothing new: copy ${manifest.version} already says the same.`
      : `Copy ${manifest.version} is in use: ${areaCodesTouched.length} area codes changed, ${Object.keys(manifest.areaCodes).length} in all.`,
  );
  return 0;
}

async function showStatus(store: RegistryStore, flags: Flags, deps: RegistryCliDeps): Promise<number> {
  const current = await store.current();
  if (!current) {
    deps.print(
      flags.json ? JSON.stringify({ copy: null }) : 'There is no copy of the registry yet: import the full list.',
    );
    return 1;
  }
  const { manifest } = current;
  const copies = Object.entries(manifest.areaCodes);
  const numbers = copies.reduce((sum, [, copy]) => sum + copy.count, 0);
  const oldestMs = oldestAsOfMs(manifest) ?? 0;
  const ageMaxMs = 31 * 86_400_000;
  const tooOld = copies.filter(([, copy]) => deps.nowMs() - copy.asOfMs > ageMaxMs).map(([areaCode]) => areaCode);
  const status = {
    copy: manifest.version,
    previous: manifest.previous,
    subscription: manifest.subscription,
    areaCodes: copies.length,
    numbers,
    asOf: dayOf(oldestMs),
    readableUntil: new Date(oldestMs + ageMaxMs).toISOString(),
    tooOld,
  };
  if (flags.json) deps.print(JSON.stringify(status));
  else {
    deps.print(
      `Copy ${status.copy}, ${status.areaCodes} area codes, ${numbers} numbers, oldest list of ${status.asOf}.`,
    );
    deps.print(
      tooOld.length === 0
        ? `All of it may be used until ${status.readableUntil}.`
        : `Older than 31 days, so calls that need them are refused: ${tooOld.join(', ')}.`,
    );
  }
  return tooOld.length === 0 ? 0 : 1;
}

async function check(
  store: RegistryStore,
  texts: readonly string[],
  flags: Flags,
  deps: RegistryCliDeps,
): Promise<number> {
  const reader = new StoredRegistryReader({ store, clock: deps, reportFault: (fault) => deps.complain(String(fault)) });
  let unclear = false;
  for (const text of texts) {
    const phone = parsePhone(text, flags.country);
    if (!phone.ok) {
      deps.complain(`${text} ${phone.failure.detail}.`);
      unclear = true;
      continue;
    }
    const fact = await reader.lookUp(phone.value.number);
    unclear ||= fact?.state === 'unreadable';
    deps.print(
      flags.json
        ? JSON.stringify({ number: phone.value.number, state: fact?.state ?? 'not-applicable', ...fact })
        : sentence(phone.value.number, fact),
    );
  }
  return unclear ? 1 : 0;
}

function sentence(number: string, fact: RegistryFact | undefined): string {
  if (!fact) return `${number}: the US registry does not apply to this number.`;
  const asOf = fact.asOfMs === undefined ? '' : ` (list of ${dayOf(fact.asOfMs)})`;
  return fact.reason ? `${number}: unreadable${asOf}; ${reasons[fact.reason]}.` : `${number}: ${fact.state}${asOf}.`;
}

async function sweep(store: RegistryStore, deps: RegistryCliDeps): Promise<number> {
  deps.print(`${await store.sweep(deps.nowMs() - sweepAgeMs)} files removed.`);
  return 0;
}

function parseSubscription(text: string | undefined): 'all' | string[] | 'wrong' | undefined {
  if (text === undefined || text === 'all') return text;
  const areaCodes = text.split(',').map((part) => part.trim());
  return areaCodes.every((areaCode) => /^[2-9]\d\d$/.test(areaCode)) ? areaCodes : 'wrong';
}

/** One line a list and then one every 100 MB, so that a log stays readable. */
function progressPrinter(deps: RegistryCliDeps): (progress: ImportProgress) => void {
  const stepBytes = 100_000_000;
  let list = '';
  let nextBytes = 0;
  return (progress) => {
    if (progress.list !== list) [list, nextBytes] = [progress.list, stepBytes];
    if (progress.bytes < nextBytes) return;
    nextBytes += stepBytes;
    deps.print(`${progress.list}: ${Math.round(progress.bytes / 1_000_000)} MB, ${progress.rows} rows`);
  };
}

if (import.meta.main) {
  process.exitCode = await runRegistryCli(process.argv.slice(2), {
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
    nowMs: () => Date.now(),
  });
}
