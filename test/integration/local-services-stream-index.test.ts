import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DynamoEngine, startDynamo } from '../../infra/local/engines/dynamo.ts';
import { indexStreams } from '../../infra/local/engines/stream-index.ts';
import { enginesHere } from '../support/engines.ts';

/** As they stand in dynoxide's binary. */
const queries = [
  'SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = ?1',
  `SELECT event_name, keys_json, new_image, old_image, sequence_number, created_at, user_identity FROM _stream_records
    WHERE table_name = ?1 AND shard_id = ?2 AND CAST(sequence_number AS INTEGER) > ?3
    ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT ?4`,
  'SELECT MIN(sequence_number), MAX(sequence_number) FROM _stream_records WHERE table_name = ?1 AND shard_id = ?2',
];

let folder: string;
let engine: DynamoEngine | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-stream-index-'));
});
afterEach(async () => {
  await engine?.close();
  await rm(folder, { recursive: true });
});

it.runIf(enginesHere().includes('dynoxide'))(
  'dynoxide finds the records of a stream by an index, and never reads all of them',
  async () => {
    engine = await startDynamo({ engine: 'dynoxide', dataDir: folder });
    await putOne(engine.url);

    const database = new DatabaseSync(join(folder, 'dynoxide.db'), { readOnly: true });
    const plans = queries.map((query) =>
      database
        .prepare(`EXPLAIN QUERY PLAN ${query}`)
        .all()
        .map(({ detail }) => detail),
    );
    const records = database.prepare('SELECT COUNT(*) AS count FROM _stream_records').get();
    database.close();

    expect(records).toMatchObject({ count: 1 });
    for (const steps of plans) {
      expect(steps.join('\n')).toMatch(
        /^SEARCH _stream_records USING (COVERING )?INDEX ringback_stream_\w+ \(table_name=\?/,
      );
      expect(steps).not.toContain('USE TEMP B-TREE FOR ORDER BY');
    }
  },
);

it('leaves a file alone that keeps its records otherwise', () => {
  const file = join(folder, 'other.db');
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE _stream_records (id INTEGER PRIMARY KEY, body TEXT)');
  database.close();

  expect(indexStreams(file)).toBe(false);
});

async function putOne(url: URL): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: url.href,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(
    new CreateTableCommand({
      TableName: 'Streamed',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    }),
  );
  await client.send(new PutItemCommand({ TableName: 'Streamed', Item: { pk: { S: 'one' } } }));
  client.destroy();
}
