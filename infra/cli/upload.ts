/**
 * `npm run upload -- FILE --campaign ID`: sends a contact file to a campaign through a running stack. With `--plan-only`: what
 * would become of it, row by row; nothing is sent.
 */
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { readFlags } from './flags.ts';
import { dataFolderDefault, runningStack } from './running-stack.ts';
import { UploadApi } from './upload-api.ts';
import { type PlanDeps, refusalOf, runPlan } from './upload-plan.ts';
import { sendFile } from './upload-send.ts';

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

export interface UploadCliDeps extends PlanDeps {
  /** Where the API is and who asks; undefined where no stack runs with the data folder, or there is no token. */
  readonly findApi?: (flags: {
    readonly api: string | undefined;
    readonly data: string;
  }) => { readonly url: string; readonly token: string } | undefined;
  /** Aborted by Ctrl-C. */
  readonly stop?: AbortSignal;
}

/** @returns the exit code: 0 done, 1 refused, no row accepted or not all sent, 2 wrong usage, 130 stopped. */
export async function runUploadCli(args: readonly string[], deps: UploadCliDeps): Promise<number> {
  const parsed = readFlags(parseFlags, args, { usage, complain: deps.complain });
  if (!parsed) return 2;
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
