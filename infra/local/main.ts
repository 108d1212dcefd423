import { parseArguments, USAGE } from './cli/arguments.ts';
import { describeReady } from './cli/ready.ts';
import { requestSignInLink } from './cli/sign-in-link.ts';
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

const stopping = Promise.withResolvers<undefined>();
process.once('SIGINT', () => stopping.resolve(undefined));
process.once('SIGTERM', () => stopping.resolve(undefined));

try {
  const host = await Promise.race([
    startHost({
      ...options,
      ...(json || options.quiet ? {} : { onProgress: (step) => process.stderr.write(`${step} …\n`) }),
      onEngineLost: (problem) => {
        process.stderr.write(`${problem}\n`);
        process.exit(1);
      },
    }),
    stopping.promise,
  ]);
  // A start that is broken off has accepted nothing, and whatever it started ends with this process.
  if (host === undefined) process.exit(0);
  process.stdout.write(
    json
      ? `${JSON.stringify({ ready: true, ...host.ready })}\n`
      : describeReady(host, options, await requestSignInLink(host.ready)),
  );
  await stopping.promise;
  setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
  process.once('SIGINT', () => process.exit(130));
  await host.close();
} catch (error) {
  process.stderr.write(`${sentenceOf(error)}\n`);
  process.exitCode = 1;
}
// Everything is closed; what an engine's guard still holds open for a moment need not be waited for.
process.exit();
