import { parseArguments, USAGE } from './cli/arguments.ts';
import { describeReady } from './cli/ready.ts';
import { sentenceOf } from './cli/sentence.ts';
import { startHost } from './host.ts';

/** A stop that takes longer is ended by force: Ctrl-C must free the terminal within 3 s. */
const STOP_TIMEOUT_MS = 2_500;

const parsed = parseArguments(process.argv.slice(2));
if (parsed.outcome === 'help') {
  process.stdout.write(USAGE);
  process.exit(0);
}
if (parsed.outcome === 'refused') {
  process.stderr.write(`${parsed.problem}\n`);
  process.exit(2);
}
const { json, ...options } = parsed.options;

const stopping = Promise.withResolvers<NodeJS.Signals>();
let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    isStopping = true;
    stopping.resolve(signal);
  });
}

try {
  const starting = startHost({
    ...options,
    ...(json || options.quiet ? {} : { onProgress: (step) => process.stderr.write(`${step} …\n`) }),
  });
  const first = await Promise.race([starting, stopping.promise]);
  if (typeof first === 'object') {
    process.stdout.write(json ? `${JSON.stringify({ ready: true, ...first.ready })}\n` : describeReady(first, options));
    await stopping.promise;
  }
  // Whatever was started, a stop that hangs must not keep the terminal.
  setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
  process.once('SIGINT', () => process.exit(130));
  await (await starting).close();
} catch (error) {
  // Ctrl-C ends the tools that a start uses as well; that they fail is no news then.
  if (!isStopping) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exitCode = 1;
  }
}
// Everything is closed; what an engine's guard still holds open for a moment need not be waited for.
process.exit();
