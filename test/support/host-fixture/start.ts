import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Host, type HostOptions, startHost } from '../../../infra/local/host.ts';
import { createFixtureApp, fixtureSettings } from './app.ts';

/** A folder that is removed when the scope ends. */
export const temporaryFolder = async (): Promise<{ readonly path: string } & AsyncDisposable> => {
  const path = await mkdtemp(join(tmpdir(), 'ringback-host-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
};

/** The fixture's app on a host of this process. */
export const startFixture = (dataDir: string, options: Partial<HostOptions> = {}): Promise<Host> =>
  startHost({
    port: 0,
    dataDir,
    engine: 'dynoxide',
    quiet: true,
    settings: fixtureSettings,
    createApp: createFixtureApp,
    ...options,
  });

export const post = (api: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${api}/items`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** What the fixture's read function tells about an item. */
export const read = async (
  ready: Host['ready'],
  id: string,
): Promise<{ readonly state?: string; readonly runs?: string; readonly subject?: string }> => {
  const response = await fetch(`${ready.api}/items/${id}`, {
    headers: { authorization: `Bearer ${ready.operatorToken}` },
  });
  return (await response.json()) as object;
};
