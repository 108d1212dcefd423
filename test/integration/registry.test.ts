import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runRegistryCli } from '../../infra/cli/registry.ts';
import { FolderObjects } from '../../src/adapters/files/folder-objects.ts';
import { S3Objects } from '../../src/adapters/s3/registry-store.ts';
import { openRegistryUpload } from '../../src/adapters/s3/registry-upload.ts';
import { importRegistry } from '../../src/registry/import-registry.ts';
import { StoredRegistryReader } from '../../src/registry/reader.ts';
import { RegistryStore } from '../../src/registry/store.ts';
import { zipOf } from '../support/zip.ts';

const nowMs = Date.UTC(2026, 10, 20, 12);
const clock = { nowMs: () => nowMs };
const numbers = (areaCode: number, step: number, count: number) =>
  Array.from({ length: count }, (_, index) => `${areaCode}${2_000_000 + index * step}\n`).join('');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-registry-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('npm run registry', () => {
  const run = async (...args: string[]) => {
    const printed: string[] = [];
    const complained: string[] = [];
    const exitCode = await runRegistryCli([...args, '--store', join(folder, 'store')], {
      print: (line) => printed.push(line),
      complain: (line) => complained.push(line),
      nowMs: () => nowMs,
    });
    return { exitCode, printed, complained };
  };
  const put = async (name: string, content: string | Buffer) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };

  it('imports a zip and a change list and then answers from them', async () => {
    const zip = await put(
      '2026-11-10_all.zip',
      zipOf([
        { name: '212.txt', content: numbers(212, 2, 50_000) },
        { name: '415.txt', content: '415,2000000\r\n' },
      ]),
    );
    const change = await put(
      '2026-11-19_changes.csv',
      'area,number,date,action\n212,2000000,2026-11-15,D\n212,2000001,2026-11-15,A\n',
    );
    expect(await run('import', zip, change)).toMatchObject({ exitCode: 0, complained: [] });

    const checked = await run(
      'check',
      '(212) 200-0000',
      '+12122000001',
      '+14152000000',
      '+13105550123',
      '+442079460000',
    );
    expect(checked.printed).toEqual([
      '+12122000000: clear (list of 2026-11-19).',
      '+12122000001: listed (list of 2026-11-19).',
      '+14152000000: listed (list of 2026-11-10).',
      '+13105550123: unreadable; the copy has no list of its area code, so calls that need it are refused; import that list.',
      '+442079460000: the US registry does not apply to this number.',
    ]);
    expect(checked.exitCode).toBe(1);
  });

  it('shows what the copy holds and until when it may be used', async () => {
    await run('import', await put('2026-11-10.txt', numbers(212, 1, 10)));
    const { printed, exitCode } = await run('status', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({
      areaCodes: 1,
      numbers: 10,
      asOf: '2026-11-10',
      readableUntil: '2026-12-11T00:00:00.000Z',
      subscription: 'all',
      tooOld: [],
    });
  });

  it('refuses with one sentence and exit code 1', async () => {
    const { exitCode, complained } = await run('import', await put('2026-11-10.txt', ''));
    expect(exitCode).toBe(1);
    expect(complained).toEqual([
      'Refused, the copy in use stays as it was. 2026-11-10.txt is empty: a list has at least one number.',
    ]);
  });

  it.each([
    [[]],
    [['import', '--subscription', '12']],
    [['import', '--malformed-max', 'few']],
    [['frobnicate']],
    [['status', '--nonsense']],
  ])('explains itself with exit code 2 for %j', async (args) => {
    const { exitCode, complained } = await run(...args);
    expect(exitCode).toBe(2);
    expect(complained).toHaveLength(1);
  });

  it('leaves the old copy whole when it is killed at any moment', async () => {
    await run('import', await put('2026-11-10.txt', numbers(212, 2, 1_000) + numbers(415, 2, 1_000)));
    const next = await put(
      '2026-11-11.txt',
      [212, 213, 214, 215, 310, 415].map((areaCode) => numbers(areaCode, 3, 30_000)).join(''),
    );
    const reader = () =>
      new StoredRegistryReader({
        store: new RegistryStore(new FolderObjects(join(folder, 'store'))),
        clock,
        reportFault: () => {},
      });
    for (const delayMs of [120, 180, 240, 300]) {
      const args = [
        join(import.meta.dirname, '../../infra/cli/registry.ts'),
        'import',
        next,
        '--store',
        join(folder, 'store'),
      ];
      const child = spawn(process.execPath, args, { stdio: 'ignore' });
      const exited = once(child, 'exit');
      await setTimeout(delayMs);
      child.kill('SIGKILL');
      await exited;
      const batch = await reader().lookUpMany(['+12122000002', '+12122000003', '+14152000002', '+14152000003']);
      const states = [...batch.states];
      expect([
        [1, 0, 1, 0],
        [0, 1, 0, 1],
      ]).toContainEqual(states);
    }
    expect(await run('import', next)).toMatchObject({ exitCode: 0 });
    expect([...(await reader().lookUpMany(['+12122000003', '+12122000002'])).states]).toEqual([1, 0]);
  });
});

describe('the registry in S3', () => {
  let server: FauxqsServer;
  let client: S3Client;
  beforeAll(async () => {
    server = await startFauxqs({ port: 0, logger: false });
    client = new S3Client({
      endpoint: `http://127.0.0.1:${server.port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      forcePathStyle: true,
    });
    await client.send(new CreateBucketCommand({ Bucket: 'registry' }));
  });
  afterAll(() => server.stop());

  const upload = async (Key: string, Body: Buffer | string, Metadata?: Record<string, string>) => {
    await client.send(new PutObjectCommand({ Bucket: 'registry', Key, Body, ...(Metadata && { Metadata }) }));
    return openRegistryUpload(client, { bucket: 'registry', key: Key });
  };

  it('imports uploads, zipped and plain, and answers by ranged reads', async () => {
    const objects = new S3Objects({ client, bucket: 'registry' });
    const store = new RegistryStore(objects);
    let versions = 0;
    const deps = { store, clock, newVersion: () => `v${(versions += 1)}` };
    const zip = zipOf([
      { name: '212.txt', content: numbers(212, 2, 200_000) },
      { name: '415.txt', content: numbers(415, 3, 10) },
    ]);
    const full = await importRegistry(deps, { files: [await upload('uploads/2026-11-10.zip', zip)] });
    const changes = await importRegistry(deps, {
      files: [await upload('uploads/changes.csv', '2122000000,D\n', { 'as-of': '2026-11-19' })],
    });
    expect([full.ok, changes.ok]).toEqual([true, true]);

    const reader = new StoredRegistryReader({ store, clock, reportFault: () => {} });
    expect(await reader.lookUp('+12122000000')).toMatchObject({ state: 'clear', asOfMs: Date.UTC(2026, 10, 19) });
    expect(await reader.lookUp('+12122000002')).toMatchObject({ state: 'listed' });
    expect([...(await reader.lookUpMany(['+14152000003', '+14152000004'])).states]).toEqual([1, 0]);
    expect(await store.sweep(Date.now() + 60_000)).toBe(0);
  });

  it('finds nothing, rather than fails, where there is no copy yet', async () => {
    expect(
      await new RegistryStore(new S3Objects({ client, bucket: 'registry', prefix: 'other/' })).current(),
    ).toBeUndefined();
  });

  it('throws where an upload is gone', async () => {
    await expect(openRegistryUpload(client, { bucket: 'registry', key: 'uploads/none' })).rejects.toThrow();
  });
});
