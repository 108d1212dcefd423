import settings from '../../ringback.config.ts';
import { startHost } from '../../infra/local/host.ts';

/**
 * The stack for the chaos run: the sample settings with a short settle time, because the simulator's Search does not lag,
 * and a budget that 1,000 calls do not exhaust.
 */
const [dataDir = ''] = process.argv.slice(2);
const host = await startHost({
  port: 0,
  dataDir,
  engine: 'auto',
  quiet: true,
  clock: 'daytime',
  settings: { ...settings, webex: { ...settings.webex, settleMinutes: 1, requestsPerMinute: 6_000 } },
});
process.stdout.write(`${JSON.stringify({ ready: true, ...host.ready })}\n`);
process.once('SIGTERM', () => void host.close());
