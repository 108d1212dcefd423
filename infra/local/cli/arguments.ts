import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { HostOptions } from '../host.ts';
import type { ClockChoice } from '../runtime/stack-clock.ts';

export const USAGE = `Usage: npm start -- [options]

  --port N            port of the API; the sample site and the Webex simulator take the next two (default 8787, 0: any)
  --data DIR          folder that keeps all data (default .ringback)
  --webex-api URL     talk to this Webex instead of the simulator
  --webex-token URL   get tokens from this address instead of the simulator
  --engine NAME       database engine: dynoxide, dynamodb-local or auto (default auto)
  --clock TIME        start the stack's clock at this instant (such as 2026-11-23T12:00:00-08:00); real: the machine's own;
                      daytime (default): the machine's own, but at night in California the next noon there
  --signed-out        leave the sign-in to Webex to you, instead of doing it on your behalf
  --quiet             keep logs off the console; they are in the data folder
  --json              print one line of JSON once ready, and nothing else, on standard output
  --help              show this
`;

const PORT_DEFAULT = 8787;
/** The API's port and the two behind it. */
const PORT_MAX = 65_533;
const ENGINES = ['auto', 'dynoxide', 'dynamodb-local'] as const;

export type StartOptions = Pick<
  HostOptions,
  'port' | 'dataDir' | 'engine' | 'clock' | 'webexApi' | 'webexToken' | 'signedOut' | 'quiet'
> & {
  readonly json: boolean;
};

export type ParsedArguments =
  | { readonly outcome: 'start'; readonly options: StartOptions }
  | { readonly outcome: 'help' }
  | { readonly outcome: 'refused'; readonly problem: string };

/** Reads the command line; what cannot be used is told in one sentence. */
export const parseArguments = (args: readonly string[]): ParsedArguments => {
  let values: ReturnType<typeof readFlags>;
  try {
    values = readFlags(args);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { outcome: 'refused', problem: flagProblem(error) };
  }
  if (values.help === true) return { outcome: 'help' };
  try {
    const webexApi = readUrl('--webex-api', values['webex-api']);
    const webexToken = readUrl('--webex-token', values['webex-token']);
    return {
      outcome: 'start',
      options: {
        port: readPort(values.port),
        dataDir: resolve(values.data ?? '.ringback'),
        engine: readEngine(values.engine),
        clock: readClock(values.clock, webexApi !== undefined),
        signedOut: values['signed-out'] ?? false,
        quiet: values.quiet ?? false,
        json: values.json ?? false,
        ...(webexApi === undefined ? {} : { webexApi }),
        ...(webexToken === undefined ? {} : { webexToken }),
      },
    };
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    return { outcome: 'refused', problem: error.message };
  }
};

class ArgumentError extends Error {}

const readFlags = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    strict: true,
    allowPositionals: false,
    options: {
      port: { type: 'string' },
      data: { type: 'string' },
      'webex-api': { type: 'string' },
      'webex-token': { type: 'string' },
      engine: { type: 'string' },
      clock: { type: 'string' },
      'signed-out': { type: 'boolean' },
      quiet: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  }).values;

/** node:util explains at length; the first sentence says what is wrong. */
const flagProblem = (error: TypeError): string => {
  const first = error.message.split(/\. |\n/)[0] ?? error.message;
  return `${first.replace(/\.$/, '')}; --help shows what there is.`;
};

const readPort = (text: string | undefined): number => {
  if (text === undefined) return PORT_DEFAULT;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= PORT_MAX) return port;
  throw new ArgumentError(
    `--port must be a number from 0 to ${PORT_MAX}, because the next two ports are used as well, but is "${text}".`,
  );
};

const readUrl = (flag: string, text: string | undefined): URL | undefined => {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new ArgumentError(
    `${flag} must be an http or https URL such as https://api.wxcc-us1.cisco.com, but is "${text}".`,
  );
};

/** People behind another Webex than the simulator live by the real clock. */
const readClock = (text: string | undefined, isRealWebex: boolean): ClockChoice => {
  if (text === undefined) return isRealWebex ? 'real' : 'daytime';
  if (text === 'real' || text === 'daytime') return text;
  const startMs = Date.parse(text);
  if (/[Zz]|[+-]\d\d:\d\d$/.test(text) && !Number.isNaN(startMs)) return { startMs };
  throw new ArgumentError(
    `--clock must be real, daytime or an instant such as 2026-11-23T12:00:00-08:00; got ${text}.`,
  );
};

const readEngine = (text: string | undefined): StartOptions['engine'] => {
  const engine = ENGINES.find((known) => known === (text ?? 'auto'));
  if (engine !== undefined) return engine;
  throw new ArgumentError(`--engine must be one of ${ENGINES.join(', ')}, but is "${text}".`);
};
