import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CreateTableCommand, DynamoDBClient, ScanCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DynamoEngine, type DynamoOptions, startDynamo } from '../../infra/local/engines/dynamo.ts';
import { type Engine, EngineUnavailableError } from '../../infra/local/engines/engine.ts';
import { DataInUseError } from '../../infra/local/engines/leftover.ts';
import { type QueuesEngine, startQueues } from '../../infra/local/engines/queues.ts';

const hasJava = spawnSync('java', ['-version']).status === 0;
const engineNames: readonly DynamoOptions['engine'][] = hasJava ? ['dynoxide', 'dynamodb-local'] : ['dynoxide'];

const clientConfig = { region: 'us-east-1', credentials: { accessKeyId: 'KEY', secretAccessKey: 's' }, maxAttempts: 1 };

let dataDir: string;
const started: Engine[] = [];
const children: ChildProcess[] = [];
const keep = <E extends Engine>(engine: E): E => {
  started.push(engine);
  return engine;
};

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'engines-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(started.splice(0).map((engine) => engine.close()));
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
  }
  rmSync(dataDir, { recursive: true, force: true });
});

const isAlive = (pid: number): boolean => {
  try {
    // A process that ended but was not yet collected by its parent counts as ended.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
const killHard = async (engine: Engine): Promise<void> => {
  const exited = new Promise<void>((resolve) => engine.onExit(() => resolve()));
  process.kill(engine.pid ?? 0, 'SIGKILL');
  await exited;
};

/** Starts both engines in a host process of its own and answers their process ids. */
const startHost = async (): Promise<{ readonly host: ChildProcess; readonly pids: readonly number[] }> => {
  const module = (name: string): string => new URL(`../../infra/local/engines/${name}`, import.meta.url).href;
  const script = `
    const { startDynamo } = await import(${JSON.stringify(module('dynamo.ts'))});
    const { startQueues } = await import(${JSON.stringify(module('queues.ts'))});
    const dataDir = ${JSON.stringify(dataDir)};
    const engines = [await startDynamo({ engine: 'dynoxide', dataDir }), await startQueues({ dataDir })];
    console.log(JSON.stringify(engines.map(({ pid }) => pid)));
    setInterval(() => undefined, 1000);
  `;
  const host = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(host);
  const [line] = (await once(createInterface({ input: host.stdout }), 'line')) as [string];
  return { host, pids: JSON.parse(line) as number[] };
};

const clientOf = (engine: DynamoEngine): DynamoDBClient =>
  new DynamoDBClient({ ...clientConfig, endpoint: engine.url.href });
const createTable = (engine: DynamoEngine): Promise<unknown> =>
  clientOf(engine).send(
    new CreateTableCommand({
      TableName: 'Calls',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  );
const keysIn = async (engine: DynamoEngine): Promise<ReadonlySet<string>> => {
  const { Items = [] } = await clientOf(engine).send(new ScanCommand({ TableName: 'Calls', ConsistentRead: true }));
  return new Set(Items.map((item) => item['pk']?.S ?? ''));
};
const writePair = (client: DynamoDBClient, key: string): Promise<unknown> =>
  client.send(
    new TransactWriteItemsCommand({
      TransactItems: ['a', 'b'].map((part) => ({ Put: { TableName: 'Calls', Item: { pk: { S: `${key}-${part}` } } } })),
    }),
  );

describe.each(engineNames)('the %s engine', (engine) => {
  it('keeps what it acknowledged when it is closed', async () => {
    const first = keep(await startDynamo({ engine, dataDir }));
    await createTable(first);
    await writePair(clientOf(first), 'last');

    await first.close();
    const second = keep(await startDynamo({ engine, dataDir }));

    expect(second.engine).toBe(engine);
    expect([...(await keysIn(second))].sort()).toEqual(['last-a', 'last-b']);
  }, 90_000);
});

describe('a DynamoDB engine', () => {
  const start = async (): Promise<DynamoEngine> => keep(await startDynamo({ engine: 'dynoxide', dataDir }));

  // Not so DynamoDB Local 3.3.1: it acknowledges a transaction some milliseconds before it commits it.
  it('keeps every acknowledged transaction, and none by half, when it is killed in the middle of writing', async () => {
    const first = await start();
    await createTable(first);
    const client = clientOf(first);
    const acknowledged: string[] = [];
    const write = async (writer: number): Promise<void> => {
      for (let index = 0; index < 500; index += 1) {
        await writePair(client, `${writer}-${index}`);
        acknowledged.push(`${writer}-${index}`);
      }
    };
    const writers = Promise.allSettled([1, 2, 3, 4].map(write));
    await expect.poll(() => acknowledged.length, { interval: 1, timeout: 15_000 }).toBeGreaterThan(40);

    await killHard(first);
    await writers;
    const found = await keysIn(await start());

    expect(acknowledged.length).toBeLessThan(2000);
    expect(acknowledged.flatMap((key) => [`${key}-a`, `${key}-b`]).filter((key) => !found.has(key))).toEqual([]);
    expect([...found].filter((key) => !found.has(key.replace(/-.$/, key.endsWith('a') ? '-b' : '-a')))).toEqual([]);
  });

  it('tells of an exit that nobody asked for, and of no other', async () => {
    const exits: string[] = [];
    const first = await start();
    first.onExit(() => exits.push('first'));
    await killHard(first);
    const second = await start();
    second.onExit(() => exits.push('second'));

    await second.close();

    expect(exits).toEqual(['first']);
  });

  it('refuses a port that is taken, in one sentence', async () => {
    const first = await start();

    const starting = startDynamo({ engine: 'dynoxide', dataDir: join(dataDir, 'other'), port: Number(first.url.port) });

    await expect(starting).rejects.toThrow(EngineUnavailableError);
    await expect(starting).rejects.toThrow(/^Port \d+ .* in use/);
  });
});

describe('choosing the engine', () => {
  const withoutBinaries = async <T>(work: () => Promise<T>): Promise<T> => {
    const arch = Object.getOwnPropertyDescriptor(process, 'arch') ?? {};
    Object.defineProperty(process, 'arch', { ...arch, value: 'sparc' });
    vi.stubEnv('PATH', '');
    try {
      return await work();
    } finally {
      Object.defineProperty(process, 'arch', arch);
    }
  };

  it('takes dynoxide where it is installed', async () => {
    const engine = keep(await startDynamo({ engine: 'auto', dataDir }));

    expect(engine.engine).toBe('dynoxide');
  });

  it('takes the endpoint of the environment where nothing is installed', async () => {
    const environment = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' };

    const engine = await withoutBinaries(() => startDynamo({ engine: 'auto', dataDir, environment }));

    expect([engine.engine, engine.url.href, engine.pid]).toEqual(['external', 'http://127.0.0.1:9/', undefined]);
  });

  it('says what to install where there is nothing', async () => {
    const starting = withoutBinaries(() => startDynamo({ engine: 'auto', dataDir, environment: {} }));

    await expect(starting).rejects.toThrow(/npm install.*Java 17.*AWS_ENDPOINT_URL_DYNAMODB/);
  });
});

describe('the queue engine', () => {
  const start = async (): Promise<QueuesEngine> => keep(await startQueues({ dataDir }));
  const sqsOf = (engine: QueuesEngine): SQSClient => new SQSClient({ ...clientConfig, endpoint: engine.url.href });
  const urlOf = (engine: QueuesEngine, name: string): string => `${engine.url.href}${engine.accountId}/${name}`;
  const receive = async (engine: QueuesEngine, name: string, waitSeconds = 0): Promise<readonly Message[]> =>
    (
      await sqsOf(engine).send(
        new ReceiveMessageCommand({
          QueueUrl: urlOf(engine, name),
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
      )
    ).Messages ?? [];

  it('listens on the loopback only', async () => {
    const engine = await start();
    const listening = readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/)[1] ?? '')
      .filter((address) => address.endsWith(`:${Number(engine.url.port).toString(16).toUpperCase().padStart(4, '0')}`));

    expect(listening).toContain(`0100007F:${Number(engine.url.port).toString(16).toUpperCase().padStart(4, '0')}`);
    expect(listening.filter((address) => address.startsWith('00000000'))).toEqual([]);
  });

  it('keeps every accepted message when it is killed in the middle of sending', async () => {
    const first = await start();
    const client = sqsOf(first);
    await client.send(new CreateQueueCommand({ QueueName: 'dispatch' }));
    const accepted: string[] = [];
    const send = async (sender: number): Promise<void> => {
      for (let index = 0; index < 500; index += 1) {
        await client.send(
          new SendMessageCommand({ QueueUrl: urlOf(first, 'dispatch'), MessageBody: `${sender}-${index}` }),
        );
        accepted.push(`${sender}-${index}`);
      }
    };
    const senders = Promise.allSettled([1, 2, 3, 4].map(send));
    await expect.poll(() => accepted.length, { interval: 1, timeout: 15_000 }).toBeGreaterThan(60);

    await killHard(first);
    await senders;
    const second = await start();

    const bodies = new Set<string | undefined>();
    for (let page = await receive(second, 'dispatch'); page.length > 0; page = await receive(second, 'dispatch')) {
      for (const { Body } of page) {
        bodies.add(Body);
      }
    }
    expect(accepted.length).toBeLessThan(2000);
    expect(accepted.filter((body) => !bodies.has(body))).toEqual([]);
  });

  it('keeps the visibility timeout and the receive count over a kill, and redrives after it', async () => {
    const first = await start();
    const client = sqsOf(first);
    await client.send(new CreateQueueCommand({ QueueName: 'dead' }));
    await client.send(
      new CreateQueueCommand({
        QueueName: 'dispatch',
        Attributes: {
          VisibilityTimeout: '2',
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
            maxReceiveCount: 2,
          }),
        },
      }),
    );
    await client.send(new SendMessageCommand({ QueueUrl: urlOf(first, 'dispatch'), MessageBody: 'once' }));
    const [received] = await receive(first, 'dispatch');

    await killHard(first);
    const second = await start();
    const hidden = await receive(second, 'dispatch');
    const [again] = await receive(second, 'dispatch', 5);
    await sqsOf(second).send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: urlOf(second, 'dispatch'),
        ReceiptHandle: again?.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    const third = await receive(second, 'dispatch');
    const dead = await receive(second, 'dead');

    expect(received?.Attributes?.ApproximateReceiveCount).toBe('1');
    expect(hidden).toEqual([]);
    expect(again?.Attributes?.ApproximateReceiveCount).toBe('2');
    expect(third).toEqual([]);
    expect(dead.map(({ Body }) => Body)).toEqual(['once']);
  });

  it('hands a message out again at once when its visibility is set to 0', async () => {
    const engine = await start();
    await sqsOf(engine).send(new CreateQueueCommand({ QueueName: 'dispatch' }));
    await sqsOf(engine).send(new SendMessageCommand({ QueueUrl: urlOf(engine, 'dispatch'), MessageBody: 'again' }));
    const [first] = await receive(engine, 'dispatch');

    await sqsOf(engine).send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: urlOf(engine, 'dispatch'),
        ReceiptHandle: first?.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );

    expect((await receive(engine, 'dispatch')).map(({ Body }) => Body)).toEqual(['again']);
  });

  it('does not bring back what was deleted before a kill', async () => {
    const first = await start();
    await sqsOf(first).send(new CreateQueueCommand({ QueueName: 'dispatch', Attributes: { VisibilityTimeout: '0' } }));
    await sqsOf(first).send(new SendMessageCommand({ QueueUrl: urlOf(first, 'dispatch'), MessageBody: 'done' }));
    const [message] = await receive(first, 'dispatch');
    await sqsOf(first).send(
      new DeleteMessageCommand({ QueueUrl: urlOf(first, 'dispatch'), ReceiptHandle: message?.ReceiptHandle }),
    );

    await killHard(first);
    const second = await start();

    expect(message?.Body).toBe('done');
    expect(await receive(second, 'dispatch')).toEqual([]);
  });
});

describe('engines and their host', () => {
  it('die with a host that is killed, and the next host starts on the same folder', async () => {
    const { host, pids } = await startHost();
    const before = pids.map(isAlive);

    host.kill('SIGKILL');
    await expect.poll(() => pids.some(isAlive), { interval: 20, timeout: 3000 }).toBe(false);
    const engines = await Promise.all([startDynamo({ engine: 'dynoxide', dataDir }), startQueues({ dataDir })]);
    engines.forEach(keep);

    expect(before).toEqual([true, true]);
  });

  it('are refused to a second host while the first one runs', async () => {
    const { host } = await startHost();

    const failures = await Promise.allSettled([startDynamo({ engine: 'dynoxide', dataDir }), startQueues({ dataDir })]);

    expect(failures.map((result) => (result.status === 'rejected' ? result.reason : undefined))).toEqual([
      expect.any(DataInUseError),
      expect.any(DataInUseError),
    ]);
    expect(host.exitCode).toBeNull();
  });

  it('are ended by the next host where they outlived the last one', async () => {
    const leftover = spawn('sleep', ['60']);
    children.push(leftover);
    const pid = leftover.pid ?? 0;
    const startedAt = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19];
    writeFileSync(
      join(dataDir, 'fauxqs.owner.json'),
      JSON.stringify({ host: { pid: 4_000_000, startedAt: '1' }, engine: { pid, startedAt } }),
    );

    keep(await startQueues({ dataDir }));

    expect(isAlive(pid)).toBe(false);
  });

  it('do not end a process that only has the same id', async () => {
    const stranger = spawn('sleep', ['60']);
    children.push(stranger);
    const pid = stranger.pid ?? 0;
    writeFileSync(
      join(dataDir, 'fauxqs.owner.json'),
      JSON.stringify({ host: { pid: 4_000_000, startedAt: '1' }, engine: { pid, startedAt: '1' } }),
    );

    keep(await startQueues({ dataDir }));

    expect(isAlive(pid)).toBe(true);
  });
});
