import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DynamoEngine, startDynamo } from '../../infra/local/engines/dynamo.ts';
import { type S3Front, startS3Front } from '../../infra/local/runtime/s3/front.ts';
import { item } from '../../src/adapters/dynamodb/call-item.ts';
import { DynamoConfirmedMappings } from '../../src/adapters/dynamodb/confirmed-mappings.ts';
import { DynamoNumberLists } from '../../src/adapters/dynamodb/number-lists.ts';
import { DynamoSentContacts } from '../../src/adapters/dynamodb/sent-contacts.ts';
import { DynamoSuppressionStore } from '../../src/adapters/dynamodb/suppression-store.ts';
import { UnprocessedItemsError } from '../../src/adapters/dynamodb/unprocessed.ts';
import { DynamoUploadLedger } from '../../src/adapters/dynamodb/upload-ledger.ts';
import { DynamoUploadStore } from '../../src/adapters/dynamodb/upload-store.ts';
import { S3ContactFiles } from '../../src/adapters/s3/contact-files.ts';
import { S3JoinTarget } from '../../src/adapters/s3/joined-plan.ts';
import { ObjectText, S3PlanSink } from '../../src/adapters/s3/plan-objects.ts';
import { S3PlannedChunks } from '../../src/adapters/s3/planned-chunks.ts';
import { S3SplitObjects } from '../../src/adapters/s3/split-objects.ts';
import { claimChunk, newBlock, queueChunk } from '../../src/campaigns/chunk-states.ts';
import type { SentContact } from '../../src/campaigns/push-ports.ts';
import type { Upload } from '../../src/campaigns/upload.ts';
import { suppressionOf } from '../support/hosted-stack.ts';
import { enginesHere } from '../support/engines.ts';

const nowMs = Date.UTC(2026, 10, 20, 12);
const dayMs = 86_400_000;
const clock = { nowMs: () => nowMs, sleep: async () => undefined };
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const table = 'Campaigns';

const upload = (id: string, change: Partial<Upload> = {}): Upload => ({
  id,
  campaignId: 'spring',
  status: 'ready',
  fields: ['Phone'],
  settings: { channels: ['Voice'], activationLagMinutes: 0, numberForm: 'e164' },
  blocks: [3, 1],
  toMs: nowMs + 31 * dayMs,
  version: 1,
  by: 'operator:eve',
  createdAtMs: nowMs,
  source: { key: `uploads/${id}` },
  name: 'week 12',
  ...change,
});
const contact = (number: string, contactListId = '7', change: Partial<SentContact> = {}): SentContact => ({
  number,
  campaignId: 'spring',
  contactListId,
  contactId: `C${number}`,
  sentMs: nowMs,
  untilMs: nowMs + 31 * dayMs,
  ...change,
});

describe.each(enginesHere())('records of uploads on %s', (engineName) => {
  let folder: string;
  let engine: DynamoEngine;
  let client: DynamoDBClient;
  let ledger: DynamoUploadLedger;
  let store: DynamoUploadStore;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ringback-uploads-'));
    engine = await startDynamo({ engine: engineName, dataDir: join(folder, 'dynamo') });
    client = new DynamoDBClient({ endpoint: engine.url.href, region: 'us-east-1', credentials });
    for (const [TableName, sorted] of [
      [table, true],
      ['Suppressions', true],
      ['Counters', false],
    ] as const) {
      const names = sorted ? (['pk', 'sk'] as const) : (['pk'] as const);
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: names.map((AttributeName) => ({
            AttributeName,
            KeyType: AttributeName === 'pk' ? 'HASH' : 'RANGE',
          })),
          AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        }),
      );
    }
    ledger = new DynamoUploadLedger(client, table, dayMs);
    store = new DynamoUploadStore(client, table, dayMs);
  }, 60_000);
  afterAll(async () => {
    client?.destroy();
    await engine?.close();
    await rm(folder, { recursive: true });
  });

  it('adds an upload once, and replaces it only where nobody else has changed it', async () => {
    const first = upload('one');

    const added = await ledger.add(first);
    const again = await ledger.add({ ...first, name: 'another' });
    const replaced = await ledger.replace({ ...first, status: 'planning', version: 2 });
    const late = await ledger.replace({ ...first, status: 'cancelled', version: 2 });

    expect([added, again, replaced, late]).toEqual(['added', first, 'written', 'conflict']);
    expect(await ledger.find('one')).toEqual({ ...first, status: 'planning', version: 2 });
    expect(await ledger.find('none')).toBeUndefined();
  });

  it('writes what sending changes, and leaves the rest of the record and its notes alone', async () => {
    const planned = upload('two', { because: 'asked', lease: { owner: 'one', untilMs: nowMs } });
    await ledger.add(planned);
    await ledger.notePlanning('two', { rows: 1, accepted: 1, rejected: 0, bytes: 1, sizeBytes: 2 });
    const pace = { earlier: { sent: 0, atMs: 1 }, latest: { sent: 5, atMs: 2 } };
    await ledger.notePace('two', pace);

    const written = await store.write({
      ...planned,
      status: 'pushing',
      contactListId: '7',
      because: undefined,
      lease: undefined,
      version: 2,
    });
    const late = await store.write({ ...planned, status: 'paused', version: 2 });

    const { because: _because, lease: _lease, ...rest } = planned;
    expect([written, late]).toEqual(['written', 'conflict']);
    expect(await ledger.find('two')).toEqual({
      ...rest,
      status: 'pushing',
      contactListId: '7',
      version: 2,
      planning: { rows: 1, accepted: 1, rejected: 0, bytes: 1, sizeBytes: 2 },
      pace,
    });
  });

  it('notes each part of a plan once, beside the version, until the plan ends', async () => {
    const planning = upload('parts', { status: 'planning' });
    await ledger.add(planning);

    for (const part of ['range 0', 'range 1', 'range 0']) await ledger.notePart('parts', part);
    const noted = await ledger.find('parts');
    const ended = await ledger.replace({ ...planning, status: 'ready', version: 2, partsPlanned: undefined });

    expect(noted?.partsPlanned).toEqual(new Set(['range 0', 'range 1']));
    expect(ended).toBe('written');
    expect((await ledger.find('parts'))?.partsPlanned).toBeUndefined();
  });

  it('keeps blocks by their version, and finds those that were begun', async () => {
    await ledger.add(upload('three'));
    await store.read('three');
    const claimed = { ...claimChunk(newBlock(1, 3, 1), 3, { contacts: 9, leftOut: [35], repeated: [36] }), version: 1 };

    const first = await store.writeBlock('three', claimed);
    const twice = await store.writeBlock('three', claimed);
    const queued = { ...queueChunk(claimed, 3), version: 2 };
    const next = await store.writeBlock('three', queued);

    expect([first, twice, next]).toEqual(['written', 'conflict', 'written']);
    expect(await store.readBlock('three', 1)).toEqual(queued);
    expect(await store.readBlock('three', 0)).toBeUndefined();
    expect(await store.readBlocks('three')).toEqual([queued]);
  });

  it('lets one of two uploads have a number, until it is released or the repeat days are over', async () => {
    const sent = new DynamoSentContacts({ client, table, clock, repeatDaysOf: () => 7 });
    const numbers = ['+14155550001', '+14155550002'];
    const [one, other] = numbers.map((number) => contact(number)) as [SentContact, SentContact];

    const [first, again] = [await sent.remember('a', [one, other]), await sent.remember('a', [one, other])];
    const taken = await sent.remember('b', [contact(one.number, '8'), contact('+14155550003', '8')]);
    await sent.release('b', [one]);
    const still = await sent.remember('b', [one]);
    await sent.release('a', [one]);
    const released = await sent.remember('b', [one]);
    const later = await sent.remember('c', [contact(other.number, '9', { sentMs: nowMs + 7 * dayMs })]);

    expect([first.size, again.size, released.size, later.size]).toEqual([0, 0, 0, 0]);
    expect([[...taken], [...still]]).toEqual([[one.number], [one.number]]);
    expect((await sent.find(other.number, nowMs)).map(({ contactListId }) => contactListId)).toEqual(['7', '9']);
  });

  it('lets every upload have a number where the campaign has no repeat days', async () => {
    const sent = new DynamoSentContacts({ client, table, clock, repeatDaysOf: () => 0 });
    const number = '+14155550010';

    await sent.remember('a', [contact(number)]);
    const taken = await sent.remember('b', [contact(number, '8')]);

    expect(taken.size).toBe(0);
    expect(await sent.find(number, nowMs)).toEqual([contact(number), contact(number, '8')]);
    expect(await sent.find(number, nowMs + 31 * dayMs)).toEqual([]);
  });

  it('asks about many numbers at once', async () => {
    const numbers = Array.from({ length: 450 }, (_, index) => `+1646555${String(index).padStart(4, '0')}`);
    const lists = new DynamoNumberLists(client, clock, { isConsistent: true });
    await new DynamoSuppressionStore(client, 'Suppressions').add(suppressionOf('+16465550007'));
    await new DynamoSentContacts({ client, table, clock, repeatDaysOf: () => 7 }).remember('a', [
      contact('+16465550301'),
      contact('+16465550302', '7', { sentMs: nowMs - 8 * dayMs }),
    ]);
    await client.send(
      new PutItemCommand({
        TableName: 'Counters',
        Item: { ...item({ pk: 'ATTEMPTS#+16465550449', version: 1 }), attempts: { NS: ['2', '1'] } },
      }),
    );

    const internal = await lists.internal('Suppressions')(numbers);
    const lately = await lists.uploadedLately(table, 'spring', { id: 'b', nowMs })(numbers);
    const ours = await lists.uploadedLately(table, 'spring', { id: 'a', nowMs })(numbers);
    const attempts = await lists.attempts('Counters')(numbers);

    expect([...internal]).toEqual(['+16465550007']);
    expect([...lately]).toEqual(['+16465550301']);
    expect([...ours]).toEqual([]);
    expect([...attempts]).toEqual([['+16465550449', [1, 2]]]);
  });

  it('keeps the columns that were confirmed last', async () => {
    const mappings = new DynamoConfirmedMappings(client, table);
    const mapping = { number: 'phone', fields: { Phone: { column: 'phone', type: 'Phone', required: true } } } as const;

    const before = await mappings.find('spring');
    await mappings.keep('spring', mapping, { by: 'operator:eve', atMs: nowMs });

    expect([before, await mappings.find('spring')]).toEqual([undefined, mapping]);
  });
});

describe('a table that leaves keys unread', () => {
  const numbers = ['+14155550001', '+14155550002'];
  const leaving = (times: number) => {
    let asked = 0;
    const send = async ({ input }: { input: { RequestItems: Record<string, { Keys: unknown[] }> } }) => {
      asked += 1;
      const { Keys = [] } = input.RequestItems['S'] ?? {};
      if (asked <= times) return { Responses: {}, UnprocessedKeys: { S: { Keys } } };
      return { Responses: { S: Keys }, UnprocessedKeys: {} };
    };
    return { client: { send } as unknown as DynamoDBClient, asked: () => asked };
  };

  it('is asked for them again', async () => {
    const { client, asked } = leaving(3);
    const lists = new DynamoNumberLists(client, clock, { isConsistent: true });

    expect([...(await lists.internal('S')(numbers))]).toEqual(numbers);
    expect(asked()).toBe(4);
  });

  it('ends the question after eight times, rather than taking the numbers for clear', async () => {
    const lists = new DynamoNumberLists(leaving(100).client, clock, { isConsistent: true });

    await expect(lists.internal('S')(numbers)).rejects.toBeInstanceOf(UnprocessedItemsError);
  });
});

describe('contact files and plans in a bucket', () => {
  const bucket = 'contacts';
  let server: FauxqsServer;
  let front: S3Front;
  let client: S3Client;
  let files: S3ContactFiles;

  beforeAll(async () => {
    server = await startFauxqs({ port: 0, logger: false });
    front = await startS3Front({
      engine: new URL(`http://127.0.0.1:${server.port}`),
      rules: [],
      notify: async () => undefined,
      report: (problem) => console.error(problem),
    });
    client = new S3Client({
      endpoint: front.url.origin,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials,
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    files = new S3ContactFiles(client, bucket);
  }, 30_000);
  afterAll(async () => {
    client?.destroy();
    await front?.close();
    await server?.stop();
  });

  const read = async (chunks: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> => {
    const pieces: Uint8Array[] = [];
    for await (const piece of chunks ?? []) pieces.push(piece);
    return Buffer.concat(pieces);
  };

  it('reads a file of several ranges as it is', async () => {
    const whole = Buffer.alloc(20 * 1024 * 1024 + 3, 'a line of a file\n');
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'files/large.csv', Body: whole }));

    const opened = await files.open({ key: 'files/large.csv' });

    expect(opened?.sizeBytes).toBe(whole.byteLength);
    expect((await read(opened?.chunks)).equals(whole)).toBe(true);
  });

  it('reads some bytes of a file, and no more than were asked for', async () => {
    const whole = Buffer.alloc(20 * 1024 * 1024, 'a line of a file\n');
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'files/ranges.csv', Body: whole }));

    for (const [from, to] of [
      [0, 1],
      [17, 9 * 1024 * 1024],
      [19 * 1024 * 1024, whole.length],
      [34, 34],
    ] as const) {
      const opened = await files.open({ key: 'files/ranges.csv' }, { from, to });
      expect(opened?.sizeBytes).toBe(whole.length);
      expect((await read(opened?.chunks)).equals(whole.subarray(from, to))).toBe(true);
    }
  });

  it('hands objects on between the steps of a plan, empty ones too', async () => {
    const objects = new S3SplitObjects({ client, bucket });
    const growing = objects.begin('splits/one/planned/0000.jsonl');
    await growing.append(Buffer.alloc(6 * 1024 * 1024, 'x'));
    await growing.append('end');
    await growing.finish();
    await objects.begin('splits/one/planned/0001.jsonl').finish();
    await objects.write('splits/one/repeats/0000-0000', new Uint8Array());

    expect((await read(objects.readPieces('splits/one/planned/0000.jsonl'))).subarray(-4).toString()).toBe('xend');
    expect(await read(objects.readPieces('splits/one/planned/0001.jsonl'))).toHaveLength(0);
    expect(await objects.read('splits/one/repeats/0000-0000')).toHaveLength(0);
    await expect(objects.read('splits/one/none')).rejects.toThrow();
    await expect(read(objects.readPieces('splits/one/none'))).rejects.toThrow('There is no splits/one/none.');
  });

  it('writes several blocks of a joined plan at once, from a buffer that is used again', async () => {
    const target = new S3JoinTarget({ client, bucket }, 'joined');
    const buffer = Buffer.alloc(100_000);
    const line = (block: number) => `{"chunk":${block},"contacts":[[2,"+14155550132","A",0,"Ada"]]}\n`;

    for (let block = 0; block < 20; block += 1) {
      const used = buffer.write(line(block));
      await target.writeBlock(block, buffer.subarray(0, used));
    }
    await target.report.append('row\r\n');
    await Promise.all([target.report.finish(), target.settled()]);

    const chunks = new S3PlannedChunks({ client, bucket });
    for (const block of [0, 7, 19]) expect(await chunks.readBlock('joined', block)).toMatchObject([{ chunk: block }]);
  });

  it('tells who waits that a block of a joined plan could not be written', async () => {
    const target = new S3JoinTarget({ client, bucket: 'no-such-bucket' }, 'joined');
    target.report.abandon().catch(() => undefined);

    await target.writeBlock(0, Buffer.from('{}'));

    await expect(target.settled()).rejects.toThrow(/bucket/i);
  });

  it('reads an empty file, and finds none where there is none', async () => {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'files/empty.csv', Body: Buffer.alloc(0) }));

    expect((await read((await files.open({ key: 'files/empty.csv' }))?.chunks)).byteLength).toBe(0);
    expect(await files.open({ key: 'files/none.csv' })).toBeUndefined();
  });

  it('finds the version that is meant, with or without quotation marks, and no other', async () => {
    await files.put('files/version.csv', 'first');
    const { etag = '' } = (await files.open({ key: 'files/version.csv' })) ?? {};

    expect(await files.open({ key: 'files/version.csv', etag })).toMatchObject({ etag });
    expect(await files.open({ key: 'files/version.csv', etag: etag.replaceAll('"', '') })).toMatchObject({ etag });
    await files.put('files/version.csv', 'second');
    expect(await files.open({ key: 'files/version.csv', etag })).toBeUndefined();
  });

  it('refuses a file that is replaced while it is read', async () => {
    await files.put('files/changed.csv', 'first');
    const opened = await files.open({ key: 'files/changed.csv' });
    await files.put('files/changed.csv', 'second');

    await expect(read(opened?.chunks)).rejects.toThrow('replaced while it was read');
  });

  it('gives links that a file can be put to, and read by, without a key', async () => {
    const put = await fetch(await files.linkToPut('uploads/1', 60), { method: 'PUT', body: 'phone\n' });
    const got = await fetch(await files.linkToGet('uploads/1', 'contacts.csv', 60));

    expect([put.status, await got.text()]).toEqual([200, 'phone\n']);
  });

  it('writes blocks and a report of more than one part, and reads the chunks back', async () => {
    const chunk = { chunk: 0, contacts: [[2, '+14155550132', 'C1', 0, '+14155550132']] };
    const sink = new S3PlanSink({ client, bucket }, 'u1', 'plans/u1/rejects.csv');
    const line = `${'x'.repeat(1_023)}\n`;

    await sink.writeBlock(0, Buffer.from(`${JSON.stringify(chunk)}\n`));
    for (let index = 0; index < 7 * 1_024; index += 1) await sink.report(line);
    await sink.finish();

    expect(await new S3PlannedChunks({ client, bucket }).readBlock('u1', 0)).toEqual([chunk]);
    const report = await read((await files.open({ key: 'plans/u1/rejects.csv' }))?.chunks);
    expect(report.byteLength).toBe(7 * 1_024 * 1_024);
    expect(report.toString()).toBe(line.repeat(7 * 1_024));
  });

  it('leaves nothing of a report that was abandoned', async () => {
    const text = new ObjectText({ client, bucket }, 'plans/u2/rejects.csv');
    await text.append('row\n');

    await text.abandon();

    expect(await files.open({ key: 'plans/u2/rejects.csv' })).toBeUndefined();
  });
});
