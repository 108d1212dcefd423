import { startHost } from '../../../infra/local/host.ts';
import { createFixtureApp, fixtureSettings } from './app.ts';

/** Runs the fixture's host in a process of its own, so that a test can kill it: `run-host.ts <data folder> <engine>`. */
const [dataDir = '', engine] = process.argv.slice(2);
const host = await startHost({
  port: 0,
  dataDir,
  engine: engine === 'dynamodb-local' ? 'dynamodb-local' : 'dynoxide',
  quiet: true,
  settings: fixtureSettings,
  createApp: createFixtureApp,
});
process.send?.(host.ready);
