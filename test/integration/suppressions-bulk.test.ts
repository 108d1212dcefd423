import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runSuppressionsCli } from '../../infra/cli/suppressions.ts';
import { type DynamoEngine, startDynamo } from '../../infra/local/engines/dynamo.ts';
import { DynamoSuppressionBulkStore } from '../../src/adapters/dynamodb/suppression-bulk-store.ts';
import { DynamoSuppressionStore } from '../../src/adapters/dynamodb/suppression-store.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { engineOfThisRun } from '../support/engines.ts';

const nowMs = Date.UTC(2026, 10, 20, 12);
const clock = createSystemClock();
let folder: string;
let engine: DynamoEngine;
let client: DynamoDBClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-bulk-'));
  engine = await startDynamo({ engine: engineOfThisRun(), dataDir: join(folder, 'dynamo') });
  client = new DynamoDBClient({
    endpoint: engine.url.href,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  for (const TableName of ['First', 'Second']) {
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
      }),
    );
  }
});
afterAll(async () => {
  client.destroy();
  await engine.close();
  await rm(folder, { recursive: true });
});

async function run(...args: string[]) {
  const printed: string[] = [];
  const exitCode = await runSuppressionsCli([...args, '--json'], {
    openStore: (table) => (table ? new DynamoSuppressionBulkStore(client, table, clock) : undefined),
    print: (line) => printed.push(line),
    complain: (line) => printed.push(line),
    nowMs: () => nowMs,
  });
  return { exitCode, printed };
}

it('imports, leaves what is there, reports rejects, exports and imports its own export', async () => {
  const single = new DynamoSuppressionStore(client, 'First');
  await single.add({
    number: '+14155550000',
    list: 'internal',
    reason: 'first',
    source: 'api',
    addedBy: 'eve',
    addedAtMs: 1,
  });
  await single.add({
    number: '+14155559999',
    list: 'internal',
    reason: 'mistake',
    source: 'api',
    addedBy: 'eve',
    addedAtMs: 1,
  });
  await single.remove('+14155559999', { reason: 'was a mistake', removedBy: 'eve', removedAtMs: 2 });
  const rows = Array.from({ length: 3_000 }, (_, index) => `(415) 555-${String(index).padStart(4, '0')}`);
  const file = join(folder, 'list.csv');
  await writeFile(file, `number\n${rows.join('\n')}\nnonsense\n`);

  const imported = await run('import', file, '--table', 'First', '--reason', 'asked', '--country', 'US');
  expect(imported.exitCode).toBe(1);
  expect(JSON.parse(imported.printed[0] ?? '')).toMatchObject({ row: 3_002, added: 2_999, already: 1, rejected: 1 });
  expect(await readFile(`${file}.rejects.csv`, 'utf8')).toBe(
    'row,value,code,explanation\r\n3002,********,number-not-understood,This is not a phone number.\r\n',
  );
  expect(await single.find('+14155550000')).toMatchObject({ reason: 'first', addedBy: 'eve' });
  expect(await single.find('+14155552999')).toMatchObject({
    reason: 'asked',
    source: 'import:list.csv',
    addedAtMs: nowMs,
  });

  const exported = join(folder, 'export.csv');
  expect(await run('export', exported, '--table', 'First')).toEqual({ exitCode: 0, printed: ['{"rows":3000}'] });
  expect((await run('import', exported, '--table', 'Second')).exitCode).toBe(0);
  expect(await new DynamoSuppressionStore(client, 'Second').find('+14155550000')).toEqual(
    await single.find('+14155550000'),
  );
});

it.each([
  [['import'], 2],
  [['import', 'a.csv', 'b.csv'], 2],
  [['import', 'a.csv'], 2],
  [['import', 'none.csv', '--table', 'First'], 1],
  [['import', 'none.csv', '--table', 'First', '--country', 'Atlantis'], 1],
])('explains itself for %j', async (args, exitCode) => {
  const outcome = await run(...args);
  expect(outcome.exitCode).toBe(exitCode);
  expect(outcome.printed).toHaveLength(1);
});

it('replaces no file with an export', async () => {
  const path = join(folder, 'precious.csv');
  await writeFile(path, 'mine');
  expect(await run('export', path, '--table', 'Second')).toEqual({
    exitCode: 1,
    printed: [`${path} is there already: choose another name.`],
  });
  expect(await readFile(path, 'utf8')).toBe('mine');
});
