import { startHost } from '../../infra/local/host.ts';
import { engineOfThisRun } from './engines.ts';
import { splitSettings } from './split-settings.ts';

/** A host in a process of its own, to be killed, that plans small files in parts. Takes its data folder. */
const [dataDir = ''] = process.argv.slice(2);
const host = await startHost({ port: 0, dataDir, engine: engineOfThisRun(), quiet: true, settings: splitSettings });
process.once('SIGTERM', () => void host.close().then(() => process.exit()));
process.stdout.write(`${JSON.stringify({ ready: true, ...host.ready })}\n`);
