import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repairFauxqs } from '../../infra/local/engines/fauxqs-repairs.ts';

let dataDir: string;
let server: FauxqsServer;
let client: SQSClient;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'fauxqs-'));
  await repairFauxqs();
  server = await startFauxqs({ port: 0, dataDir, logger: false });
  client = new SQSClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${server.port}`,
    credentials: { accessKeyId: 'K', secretAccessKey: 's' },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true });
});

describe('a message on its way to the dead-letter queue', () => {
  it('is kept where it was when the move does not come to its end', async () => {
    await client.send(new CreateQueueCommand({ QueueName: 'dead' }));
    const { QueueUrl } = await client.send(
      new CreateQueueCommand({
        QueueName: 'dispatch',
        Attributes: {
          VisibilityTimeout: '0',
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
            maxReceiveCount: 1,
          }),
        },
      }),
    );
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'kept' }));
    await client.send(new ReceiveMessageCommand({ QueueUrl }));
    const rows = new DatabaseSync(join(dataDir, 'fauxqs.db'));
    // The insert into the dead-letter queue fails where a kill would have cut the move in two.
    rows.exec(
      "CREATE TRIGGER cut BEFORE INSERT ON sqs_messages WHEN NEW.queue_name = 'dead' BEGIN SELECT RAISE(ABORT, 'cut'); END",
    );

    const failure = await client.send(new ReceiveMessageCommand({ QueueUrl })).then(
      () => 'no failure',
      () => 'failed',
    );
    const kept = rows.prepare('SELECT queue_name, body FROM sqs_messages').all();
    rows.close();

    expect(failure).toBe('failed');
    expect(kept).toEqual([{ queue_name: 'dispatch', body: 'kept' }]);
  });
});
