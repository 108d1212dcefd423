/**
 * `npm run upload -- FILE --campaign ID`: sends a contact file to a campaign through a running stack. With `--plan-only`: what
 * would become of it, row by row; nothing is sent.
 */
import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { FileRejectReport } from '../../src/adapters/files/bulk-files.ts';
import { FolderObjects } from '../../src/adapters/files/folder-objects.ts';
import { readChunks } from '../../src/adapters/files/read-chunks.ts';
import { type PlanProgress, type UploadPlan, planUpload } from '../../src/campaigns/plan-upload.ts';
import { UploadFileError } from '../../src/campaigns/upload-error.ts';
import { UploadSettingsSchema, campaignSettings } from '../../src/campaigns/upload-settings.ts';
import { createTable } from '../../src/policy/create-decide.ts';
import { StoredRegistryReader } from '../../src/registry/reader.ts';
import { RegistryStore } from '../../src/registry/store.ts';
import type { Settings } from '../../src/settings/schema.ts';
import { dataFolderDefault, runningStack } from './running-stack.ts';
import { UploadApi } from './upload-api.ts';
import { sendFile } from './upload-send.ts';
import { bar, count } from './upload-words.ts';

const usage = `Usage:
  npm run upload -- FILE --campaign ID [--name TEXT] [--yes] [--rejects FILE] [--json] [--data DIR | --api URL]
  npm run upload -- --resume UPLOAD --campaign ID [--yes] [--rejects FILE] [--json] [--data DIR | --api URL]
Has a CSV or JSON Lines file planned and sent, follows it, and fetches the report of the rows that were not sent. Ctrl-C
pauses the upload; --resume goes on with it.
  --yes   takes guessed columns without asking
  --data  the data folder of the stack that npm start runs (default ${dataFolderDefault})
  --api   the address of the API on AWS; the operator's token stands in RINGBACK_TOKEN
  npm run upload -- FILE --campaign ID --plan-only [--registry FOLDER] [--rejects FILE] [--json]
Plans the file as the campaign's settings say (uploads in ringback.config.ts) and writes a report of the rows that would not
be sent. Nothing leaves this machine, so our own do-not-call list and earlier attempts are not asked.`;

const options = {
  campaign: { type: 'string' },
  'plan-only': { type: 'boolean', default: false },
  registry: { type: 'string', default: '.ringback/registry' },
  rejects: { type: 'string' },
  name: { type: 'string' },
  resume: { type: 'string' },
  yes: { type: 'boolean', default: false },
  data: { type: 'string', default: dataFolderDefault },
  api: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const parseFlags = (args: readonly string[]) =>
  parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
type Flags = ReturnType<typeof parseFlags>['values'];

export interface UploadCliDeps {
  readonly settings: Pick<Settings, 'countries' | 'policy'> & { readonly uploads?: unknown };
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Draws over the line drawn before; absent where nobody watches. */
  readonly draw?: (line: string) => void;
  readonly nowMs: () => number;
  /** Where the API is and who asks; undefined where no stack runs with the data folder, or there is no token. */
  readonly findApi?: (flags: {
    readonly api: string | undefined;
    readonly data: string;
  }) => { readonly url: string; readonly token: string } | undefined;
  /** Aborted by Ctrl-C. */
  readonly stop?: AbortSignal;
  /** Of this process since it started, in MB. */
  readonly peakMb: () => number;
}

/** @returns the exit code: 0 done, 1 refused, no row accepted or not all sent, 2 wrong usage, 130 stopped. */
export async function runUploadCli(args: readonly string[], deps: UploadCliDeps): Promise<number> {
  let parsed: ReturnType<typeof parseFlags>;
  try {
    parsed = parseFlags(args);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    deps.complain(`${error.message}\n${usage}`);
    return 2;
  }
  const [path, ...more] = parsed.positionals;
  const { campaign, resume, 'plan-only': planOnly } = parsed.values;
  const isOneOfBoth = (path === undefined) !== (resume === undefined);
  if (!isOneOfBoth || more.length > 0 || campaign === undefined || (planOnly && path === undefined)) {
    deps.complain(usage);
    return 2;
  }
  return planOnly && path !== undefined
    ? runPlan(path, campaign, parsed.values, deps)
    : runSend(path, campaign, parsed.values, deps);
}

async function runSend(
  path: string | undefined,
  campaign: string,
  { name, resume, yes, data, api, rejects, json }: Flags,
  deps: UploadCliDeps,
): Promise<number> {
  const access = deps.findApi?.({ api, data });
  if (!access) {
    deps.complain(
      api === undefined
        ? `No stack runs with the data folder ${data}: start one, or name the API on AWS with --api.`
        : 'The token of an operator must stand in the environment variable RINGBACK_TOKEN.',
    );
    return 2;
  }
  const report = rejects ?? (path === undefined ? `upload-${resume}.rejects.csv` : `${path}.rejects.csv`);
  try {
    return await sendFile(
      { campaign, path, resume, name, yes, report, json },
      {
        api: new UploadApi(access, campaign),
        // With --json standard output holds the one line of JSON and nothing else.
        print: (line) => (json && !line.startsWith('{') ? deps.complain(line) : deps.print(line)),
        complain: deps.complain,
        ...(deps.draw && { draw: deps.draw }),
        sleep: (durationMs) => sleep(durationMs),
        stop: deps.stop ?? new AbortController().signal,
      },
    );
  } catch (error) {
    const sentence = refusalOf(error, path ?? report);
    if (sentence === undefined) throw error;
    deps.complain(`Refused. ${sentence}`);
    return 1;
  }
}

async function runPlan(path: string, campaignId: string, flags: Flags, deps: UploadCliDeps): Promise<number> {
  const startedMs = deps.nowMs();
  const reportPath = flags.rejects ?? `${path}.rejects.csv`;
  let plan: UploadPlan;
  try {
    plan = await planFile(path, campaignId, { reportPath, registryFolder: flags.registry, startedMs }, deps);
  } catch (error) {
    const sentence = refusalOf(error, path);
    if (sentence === undefined) throw error;
    if (flags.json) deps.print(JSON.stringify({ refused: sentence }));
    deps.complain(`Refused. ${sentence}`);
    return 1;
  }
  const seconds = Number(((deps.nowMs() - startedMs) / 1_000).toFixed(2));
  if (flags.json) deps.print(JSON.stringify(summaryOf(plan, { seconds, peakMb: deps.peakMb(), report: reportPath })));
  else for (const line of wordsOf(plan, seconds, reportPath)) deps.print(line);
  return plan.accepted > 0 ? 0 : 1;
}

async function planFile(
  path: string,
  campaignId: string,
  { reportPath, registryFolder, startedMs }: { reportPath: string; registryFolder: string; startedMs: number },
  deps: UploadCliDeps,
): Promise<UploadPlan> {
  const { size } = await stat(path);
  const campaign = campaignSettings(UploadSettingsSchema.parse(deps.settings.uploads ?? {}), campaignId);
  const report = new FileRejectReport(reportPath);
  await report.truncate(0);
  const registry = new StoredRegistryReader({
    store: new RegistryStore(new FolderObjects(registryFolder)),
    clock: deps,
    reportFault: (fault) => deps.complain(String(fault)),
  });
  return planUpload(
    {
      lists: {
        internal: 'not-checked',
        uploadedLately: 'not-checked',
        attempts: 'not-checked',
        registries: { 'registry:US': registry },
      },
      sink: {
        writeBlock: () => Promise.resolve(),
        report: async (text) => void (await report.append(text)),
      },
      table: createTable(deps.settings.policy),
      bans: [],
      ...(deps.draw && { onProgress: progressBar(size, deps.draw, deps.nowMs) }),
    },
    {
      chunks: readChunks(path),
      campaign: { ...campaign, countries: campaign.countries ?? deps.settings.countries },
      nowMs: startedMs,
    },
  );
}

const summaryOf = (plan: UploadPlan, run: { seconds: number; peakMb: number; report: string }) => ({
  rows: plan.rows,
  accepted: plan.accepted,
  rejected: plan.rejected,
  ...run,
  chunks: plan.chunks,
  encoding: plan.encoding,
  ...plan.form,
  mapping: plan.mapping,
  guessed: plan.guessed,
  notChecked: plan.notChecked,
  notes: notesOf(plan),
});

function wordsOf(plan: UploadPlan, seconds: number, reportPath: string): string[] {
  const rejected = Object.entries(plan.rejected).sort(([, one], [, other]) => other - one);
  const total = rejected.reduce((sum, [, some]) => sum + some, 0);
  return [
    `${count(plan.rows)} rows in ${seconds} s: ${count(plan.accepted)} would be sent in ${count(plan.chunks)} requests, ${count(total)} rejected.`,
    ...rejected.map(([code, some]) => `  ${count(some).padStart(11)}  ${code}`),
    `Rejected rows with their reasons: ${reportPath}`,
    ...notesOf(plan),
  ];
}

function notesOf({ guessed, mapping, rejected, notChecked }: UploadPlan): string[] {
  const columns = Object.entries(mapping)
    .filter(([role]) => role !== 'fields')
    .map(([role, column]) => `${role} = ${JSON.stringify(column)}`)
    .join(', ');
  return [
    ...(guessed
      ? [`The columns are guessed (${columns}): put the campaign's mapping into uploads in ringback.config.ts.`]
      : []),
    ...(rejected['registry-unreadable'] === undefined
      ? []
      : [
          'Rows need a national registry: import it (npm run registry), or state the basis of the campaign under uploads.',
        ]),
    ...(notChecked.length === 0 ? [] : [`Not asked in a plan alone: ${notChecked.join(', ')}.`]),
  ];
}

const drawEveryMs = 200;

function progressBar(
  size: number,
  draw: (line: string) => void,
  nowMs: () => number,
): (progress: PlanProgress) => void {
  let drawnMs = 0;
  return ({ bytes, rows, rejected }) => {
    if (bytes < size && nowMs() - drawnMs < drawEveryMs) return;
    drawnMs = nowMs();
    draw(bar(bytes, size, `${count(rows)} rows, ${count(rejected)} rejected`));
  };
}

/** Undefined for what is no fault of the file or the arguments. */
function refusalOf(error: unknown, path: string): string | undefined {
  if (error instanceof UploadFileError) return error.message;
  if (isCode(error, 'ENOENT')) return `${path} is not there, or its folder cannot take the report.`;
  return isCode(error, 'EISDIR') ? `${path} is a folder.` : undefined;
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

if (import.meta.main) {
  // Young objects die at once here, so room for more of them would only make the process larger.
  setFlagsFromString('--semi-space-growth-factor=1');
  const { default: settings } = await import('../../ringback.config.ts');
  const isWatched = process.stderr.isTTY;
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.exitCode = await runUploadCli(process.argv.slice(2), {
    settings,
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
    ...(isWatched && {
      draw: (line: string) => process.stderr.write(`\r\u001b[2K${line}${line.includes('100 %') ? '\n' : ''}`),
    }),
    nowMs: () => Date.now(),
    findApi: ({ api, data }) => {
      const token = process.env['RINGBACK_TOKEN'];
      return api === undefined ? runningStack(data)?.api : token === undefined ? undefined : { url: api, token };
    },
    stop: stop.signal,
    peakMb: () => Math.round(process.resourceUsage().maxRSS / 1_024),
  });
}
