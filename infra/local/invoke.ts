import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { sentenceOf } from './cli/sentence.ts';
import { invokeRunning } from './runtime/control.ts';
import { HostError } from './runtime/lock.ts';

const USAGE = 'Usage: npm run invoke -- <function> <event file> [--data DIR]';

const run = async (): Promise<void> => {
  const { functionName, eventFile, dataDir } = readArguments();
  const outcome = await invokeRunning(dataDir, functionName, await readEvent(eventFile));
  if (outcome.outcome === 'answered') {
    process.stdout.write(`${JSON.stringify(outcome.payload, null, 2)}\n`);
    return;
  }
  process.stdout.write(`${JSON.stringify(outcome, null, 2)}\n`);
  process.exitCode = 1;
};

const readArguments = (): { functionName: string; eventFile: string; dataDir: string } => {
  let parsed: { values: { data?: string }; positionals: string[] };
  try {
    parsed = parseArgs({ allowPositionals: true, options: { data: { type: 'string' } } });
  } catch (error) {
    if (error instanceof TypeError) throw new HostError(USAGE, { cause: error });
    throw error;
  }
  const [functionName, eventFile] = parsed.positionals;
  if (functionName === undefined || eventFile === undefined) throw new HostError(USAGE);
  return { functionName, eventFile, dataDir: resolve(parsed.values.data ?? '.ringback') };
};

const readEvent = async (file: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    const reason = error instanceof SyntaxError ? `is not JSON: ${error.message}` : 'cannot be read';
    throw new HostError(`The event file ${file} ${reason}.`, { cause: error });
  }
};

try {
  await run();
} catch (error) {
  process.stderr.write(`${sentenceOf(error)}\n`);
  process.exitCode = 1;
}
