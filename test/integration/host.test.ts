import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Host } from '../../infra/local/host.ts';
import { engines } from '../support/host-fixture/engines.ts';
import { post, read, startFixture, temporaryFolder } from '../support/host-fixture/start.ts';

describe.each(engines)('the local host on %s', (engine) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let host: Host;

  beforeAll(async () => {
    folder = await temporaryFolder();
    host = await startFixture(folder.path, { engine });
  });
  afterAll(async () => {
    await host.close();
    await folder[Symbol.asyncDispose]();
  });

  it('takes a request through table, stream and queue to the last function within 2 s', async () => {
    const response = await post(host.ready.api, { id: 'circle' });

    expect(response.status).toBe(202);
    await vi.waitFor(async () => expect(await read(host.ready, 'circle')).toMatchObject({ state: 'done', runs: '1' }), {
      timeout: 2_000,
      interval: 50,
    });
  });

  it('gives a queue message again to the function that reported it as failed', async () => {
    await post(host.ready.api, { id: 'second-try', failures: 1 });

    await vi.waitFor(
      async () => expect(await read(host.ready, 'second-try')).toMatchObject({ state: 'done', runs: '1' }),
      { timeout: 8_000, interval: 100 },
    );
  });

  it('moves a message to the dead letters after the receives that the redrive policy allows', async () => {
    await post(host.ready.api, { id: 'hopeless', failures: 2 });

    await new Promise((resolve) => setTimeout(resolve, 7_000));
    expect(await read(host.ready, 'hopeless')).toMatchObject({ state: 'accepted' });
  });

  it('answers 401 to an operator route without a token, and hands the claims on with one', async () => {
    await post(host.ready.api, { id: 'claims' });

    const without = await fetch(`${host.ready.api}/items/claims`);
    const forged = await fetch(`${host.ready.api}/items/claims`, { headers: { authorization: 'Bearer a.b.c' } });
    const withToken = await read(host.ready, 'claims');

    expect([without.status, forged.status]).toEqual([401, 401]);
    expect(await without.json()).toEqual({ message: 'Unauthorized' });
    expect(withToken.subject).toBe('local-operator');
  });

  it('answers 500 to the client and goes on when a function throws, crashes or hangs beyond its time limit', async () => {
    const statuses = [];
    for (const mode of ['throw', 'crash', 'hang']) statuses.push((await post(host.ready.api, { mode })).status);
    const after = await post(host.ready.api, { id: 'after-the-crash' });

    expect(statuses).toEqual([500, 500, 500]);
    expect(after.status).toBe(202);
  });

  it('gives a function its own key, the template variables and nothing of the host', async () => {
    const response = await post(host.ready.api, { mode: 'echo' });

    const { environment, event } = (await response.json()) as {
      environment: Record<string, string>;
      event: { routeKey: string; rawPath: string };
    };
    expect(environment).toMatchObject({
      TABLE: 'FixtureData-Items',
      AWS_LAMBDA_FUNCTION_NAME: 'FixtureService-accept',
      AWS_REGION: 'us-east-1',
    });
    expect(environment['QUEUE_URL']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/000000000000\/FixtureData-Work$/);
    expect(Object.keys(environment)).not.toContain('PATH');
    expect(event).toMatchObject({ routeKey: 'POST /items', rawPath: '/items' });
  });

  it('passes on binary bodies and cookies, and puts the CORS headers of the template in place of the function’s', async () => {
    const response = await post(host.ready.api, { mode: 'rich' }, { origin: host.ready.site });

    expect(response.status).toBe(201);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([1, 2, 255]));
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('access-control-allow-origin')).toBe(host.ready.site);
  });

  it('answers a preflight of the site, and none of another origin', async () => {
    const preflight = (origin: string) =>
      fetch(`${host.ready.api}/items`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });

    const ours = await preflight(host.ready.site);
    const other = await preflight('https://elsewhere.example');

    expect([ours.status, ours.headers.get('access-control-allow-origin')]).toEqual([204, host.ready.site]);
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('answers 404 to a path that no route has, and 413 to a body over 10 MB', async () => {
    const unknown = await fetch(`${host.ready.api}/elsewhere`);
    const large = await fetch(`${host.ready.api}/items`, { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });

    expect([unknown.status, await unknown.json()]).toEqual([404, { message: 'Not Found' }]);
    expect(large.status).toBe(413);
  });

  it('runs the schedule of the template under the role that it names', async () => {
    await vi.waitFor(async () => expect(await read(host.ready, 'tick-once')).toMatchObject({ state: 'ticked' }), {
      timeout: 5_000,
      interval: 100,
    });

    const grants = host.usage()['FixtureService-TickRole']?.granted ?? [];
    expect(grants.find(({ action }) => action === 'lambda:InvokeFunction')?.used).toBeGreaterThan(0);
  });

  it('names the functions that there are when an unknown one is invoked', async () => {
    const invocation = async () => host.invoke('no-such', {});

    await expect(invocation()).rejects.toThrow(
      'There is no function "no-such"; the template has accept, follow, read, rotate, tick, work.',
    );
  });
});
