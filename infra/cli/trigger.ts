/** `npm run trigger -- SOURCE FILE`: signs a sample as a marketing system would, and posts it to the stack that `npm start` runs. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { v7 as uuid } from 'uuid';
import * as z from 'zod';
import type { Settings } from '../../src/settings/schema.ts';
import { readFlags } from './flags.ts';
import { type RunningStack, dataFolderDefault, runningStack } from './running-stack.ts';
import { signDelivery } from './sign-delivery.ts';

const usage = `Usage:
  npm run trigger -- SOURCE FILE [--id ID] [--data DIR] [--curl]
  npm run trigger -- SOURCE --secret [--data DIR]
Signs a file as a trigger source of ringback.config.ts would and posts it to the running stack; --curl prints the command
instead, good for as long as the source's tolerance. --id sends the same message again. --secret prints what the source signs with.`;

const options = {
  id: { type: 'string' },
  data: { type: 'string', default: dataFolderDefault },
  curl: { type: 'boolean', default: false },
  secret: { type: 'boolean', default: false },
} as const;

const parseFlags = (args: readonly string[]) =>
  parseArgs({ args: [...args], options, allowPositionals: true, strict: true });

export interface TriggerCliDeps {
  readonly settings: Pick<Settings, 'triggers'>;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly nowMs: () => number;
}

/** @returns the exit code: 0 accepted or printed, 1 refused or nothing runs, 2 wrong usage. */
export async function runTriggerCli(args: readonly string[], deps: TriggerCliDeps): Promise<number> {
  const wrong = (sentence: string): number => {
    deps.complain(`${sentence}\n${usage}`);
    return 2;
  };
  const parsed = readFlags(parseFlags, args, { usage, complain: deps.complain });
  if (!parsed) return 2;
  const { values, positionals } = parsed;
  const [name, file] = positionals;
  if (name === undefined || (file === undefined) !== values.secret || positionals.length > 2)
    return wrong('Name a source and a file.');
  const source = deps.settings.triggers.sources[name];
  if (!source) return wrong(`There is no source ${name}; the settings name ${known(deps.settings)}.`);
  const stack = runningStack(values.data);
  if (!stack) {
    deps.complain(`No stack runs with the data folder ${values.data}; start one with npm start.`);
    return 1;
  }
  const secret = await readSecret(stack, name);
  if (file === undefined) {
    deps.print(secret);
    return 0;
  }
  const body = await readFile(file, 'utf8');
  const id = values.id ?? `msg_${uuid()}`;
  const headers = {
    'content-type': 'application/json',
    ...signDelivery(source.signature, secret, { id, atMs: deps.nowMs(), body }),
  };
  const url = `${stack.api.url}/v1/triggers/${name}`;
  if (values.curl) {
    deps.print(curl(url, headers, file));
    return 0;
  }
  const response = await fetch(url, { method: 'POST', headers, body });
  deps.print(`${response.status} ${await response.text()}`);
  return response.status === 202 ? 0 : 1;
}

const known = ({ triggers }: TriggerCliDeps['settings']): string => Object.keys(triggers.sources).join(', ') || 'none';

const SecretSchema = z.object({ current: z.string() });

async function readSecret(stack: RunningStack, source: string): Promise<string> {
  const client = new SecretsManagerClient(stack.client);
  try {
    const id = source.replace(/(^|-)([a-z0-9])/g, (_match, _hyphen, letter: string) => letter.toUpperCase());
    const { SecretString = '{}' } = await client.send(
      new GetSecretValueCommand({ SecretId: stack.output(`TriggerSecret${id}`) }),
    );
    return SecretSchema.parse(JSON.parse(SecretString)).current;
  } finally {
    client.destroy();
  }
}

const curl = (url: string, headers: Readonly<Record<string, string>>, file: string): string =>
  [
    `curl -i ${url}`,
    ...Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`),
    `--data-binary @${file}`,
  ].join(' \\\n  ');

if (import.meta.main) {
  const { default: settings } = await import('../../ringback.config.ts');
  process.exitCode = await runTriggerCli(process.argv.slice(2), {
    settings,
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
    nowMs: Date.now,
  });
}
