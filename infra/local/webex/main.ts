import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SimulatorStartError } from './errors.ts';
import { startWebexSimulator, type WebexSimulator } from './simulator.ts';

const USAGE = `Usage: node infra/local/webex/main.ts [--port N] [--data DIR] [--org UUID] [--client-id ID] [--client-secret SECRET]
       [--requests-per-minute N] [--access-token-seconds N] [--rotate-refresh-tokens] [--json]`;

const number = (name: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new SimulatorStartError(`--${name} must be a whole number, got ${text}.`);
  return Number(text);
};

function readArguments() {
  const options = {
    port: { type: 'string', default: '4300' },
    data: { type: 'string', default: '.ringback/webex' },
    org: { type: 'string', default: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' },
    'client-id': { type: 'string', default: 'ringback-local' },
    'client-secret': { type: 'string', default: 'ringback-local-secret' },
    'requests-per-minute': { type: 'string' },
    'access-token-seconds': { type: 'string' },
    'rotate-refresh-tokens': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } as const;
  try {
    return parseArgs({ options }).values;
  } catch (cause) {
    throw new SimulatorStartError(`${cause instanceof Error ? cause.message : String(cause)}\n${USAGE}`, { cause });
  }
}

async function main(): Promise<void> {
  const given = readArguments();
  if (given.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const simulator = await startWebexSimulator({
    port: number('port', given.port) ?? 0,
    dataDir: resolve(given.data),
    organizationId: given.org,
    client: { id: given['client-id'], secret: given['client-secret'] },
    requestsPerMinute: number('requests-per-minute', given['requests-per-minute']),
    accessTokenLifetimeSeconds: number('access-token-seconds', given['access-token-seconds']),
    rotateRefreshTokens: given['rotate-refresh-tokens'],
  });
  stopOnSignal(simulator);
  const { href } = simulator.url;
  const ready = {
    ready: true,
    webex: href,
    token: `${href}v1/access_token`,
    organizationId: given.org,
    clientId: given['client-id'],
  };
  process.stdout.write(
    given.json
      ? `${JSON.stringify(ready)}\n`
      : `Webex simulator: ${href} (organization ${given.org}, client ${given['client-id']})\n`,
  );
}

function stopOnSignal(simulator: WebexSimulator): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      simulator.close().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`The Webex simulator did not stop cleanly: ${String(error)}\n`);
          process.exit(1);
        },
      );
    });
  }
}

main().catch((error: unknown) => {
  const words =
    error instanceof SimulatorStartError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${words}\n`);
  process.exitCode = 1;
});
