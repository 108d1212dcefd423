import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { projectRoot } from '../../infra/build/bundle-functions.ts';
import { credentialsFromEnvironment, noEndpointCache, plainBuiltins } from '../../infra/build/lambda-runtime.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-runtime-'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function bundled(name: string, source: string) {
  const entry = join(folder, `${name}.ts`);
  const outfile = join(folder, `${name}.mjs`);
  await writeFile(entry, source);
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    nodePaths: [join(projectRoot, 'node_modules')],
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    metafile: true,
    plugins: [plainBuiltins, credentialsFromEnvironment, noEndpointCache],
    logLevel: 'error',
  });
  return { metafile, exports: (await import(outfile)) as Record<string, unknown> };
}

test("gives the members of Node's modules, imported in every way", async () => {
  const source = `
    import * as all from 'node:path';
    import whole, { join } from 'path';
    import { readFile } from 'node:fs/promises';
    export const joined = [all.join('a', 'b'), whole.join('a', 'b'), join('a', 'b')];
    export const later = import('node:os').then(({ EOL }) => EOL);
    export const reads = typeof readFile;
  `;

  const { exports, metafile } = await bundled('builtins', source);

  expect(exports).toMatchObject({ joined: ['a/b', 'a/b', 'a/b'], reads: 'function' });
  expect(await exports['later']).toBe('\n');
  expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
});

test("signs in with the environment's credentials, and leaves all other providers out", async () => {
  const source = `
    import { SQSClient } from '@aws-sdk/client-sqs';
    export const credentials = new SQSClient({ region: 'us-east-1' }).config.credentials;
  `;

  const { exports, metafile } = await bundled('credentials', source);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKID');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');

  const given = await (exports['credentials'] as () => Promise<object>)();
  expect(given).toMatchObject({ accessKeyId: 'AKID', secretAccessKey: 'secret' });
  const providers = Object.keys(metafile.inputs).flatMap(
    (input) => /credential-provider-[a-z]+/.exec(input)?.[0] ?? [],
  );
  expect([...new Set(providers)]).toEqual(['credential-provider-env']);
});

test("leaves the SDK's cache of endpoints out, which no command of DynamoDB's client uses", async () => {
  const source = `
    import * as dynamo from '@aws-sdk/client-dynamodb';
    const client = new dynamo.DynamoDBClient({ region: 'us-east-1', endpoint: 'http://127.0.0.1:9' });
    export const middleware = Object.values(dynamo)
      .filter((exported) => typeof exported === 'function' && /.Command$/.test(exported.name) && exported.prototype.resolveMiddleware)
      .map((Command) => {
        const command = new Command({});
        command.resolveMiddleware(client.middlewareStack, client.config, {});
        return command.middlewareStack.identify().concat(client.middlewareStack.identify());
      });
  `;

  const { exports, metafile } = await bundled('endpoints', source);

  const names = (exports['middleware'] as string[][]).flat();
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => /endpointDiscovery/i.test(name))).toEqual([]);
  expect(Object.keys(metafile.inputs).filter((input) => /endpoint-cache\/|mnemonist/.test(input))).toEqual([]);
});
