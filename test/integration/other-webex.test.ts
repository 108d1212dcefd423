import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWebexSimulator, type WebexSimulator } from '../../infra/local/webex/simulator.ts';
import settings from '../../ringback.config.ts';
import { eventually } from '../support/eventually.ts';
import { startStack } from '../support/running-stack.ts';

let folder: string;
let other: WebexSimulator;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-other-webex-'));
  other = await startWebexSimulator({
    port: 0,
    dataDir: join(folder, 'other'),
    organizationId: settings.organization.id,
    client: { id: 'sandbox', secret: 'sandbox-secret' },
  });
});

afterAll(async () => {
  await other?.close();
  await rm(folder, { recursive: true, force: true });
});

it('places calls through another Webex, with the tokens that the environment names', async () => {
  const { refreshToken } = other.issueTokens();
  const flags = ['--webex-api', other.url.href, '--webex-token', new URL('/v1/access_token', other.url).href];
  const environment = { CLIENT_ID: 'sandbox', CLIENT_SECRET: 'sandbox-secret', REFRESH_TOKEN: refreshToken };
  for (const [name, value] of Object.entries(environment)) process.env[`RINGBACK_WEBEX_${name}`] = value;
  const stack = await startStack(join(folder, 'data'), [...flags, '--clock', '2026-11-23T12:00:00-08:00']);
  try {
    const response = await fetch(`${stack.api}/v1/callbacks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        phone: '+14155550132',
        line: 'billing',
        consent: { version: '2026-11', accepted: true },
      }),
    });

    expect(response.status).toBe(202);
    expect(new URL(stack.webex).port).toBe(other.url.port);
    await eventually(async () => (await stack.tasks()).some((task) => task.number === '+14155550132'), 30_000);
  } finally {
    for (const name of Object.keys(environment)) delete process.env[`RINGBACK_WEBEX_${name}`];
    await stack.stop();
  }
}, 90_000);
