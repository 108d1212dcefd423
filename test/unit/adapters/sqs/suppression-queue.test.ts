import type { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { expect, it, vi } from 'vitest';
import { SqsSuppressionQueue } from '../../../../src/adapters/sqs/suppression-queue.ts';

const queueUrl = 'https://sqs.example.com/q';

it('sends the numbers of the same time together, each as a message of its own', async () => {
  const send = vi.fn(async (_command: SendMessageBatchCommand) => ({ Successful: [], Failed: [] }));
  const queue = new SqsSuppressionQueue({ send } as never, queueUrl);

  await Promise.all(['+14155550132', '+14155550133'].map((number) => queue.send(number)));

  const { QueueUrl, Entries = [] } = send.mock.calls[0]?.[0].input ?? {};
  expect(QueueUrl).toBe(queueUrl);
  expect(Entries.map(({ MessageBody }) => JSON.parse(MessageBody ?? ''))).toEqual([
    { number: '+14155550132' },
    { number: '+14155550133' },
  ]);
});

it('fails for the number whose message SQS refused, and says nothing of the number', async () => {
  const answer = { Successful: [{ Id: '0' }], Failed: [{ Id: '1', Code: 'InternalError', SenderFault: false }] };
  const queue = new SqsSuppressionQueue({ send: async () => answer } as never, queueUrl);

  const [one, other] = await Promise.allSettled([queue.send('+14155550132'), queue.send('+14155550133')]);

  expect(one.status).toBe('fulfilled');
  expect(other).toMatchObject({
    reason: { code: 'message-refused', message: 'SQS refused a message: InternalError.' },
  });
});
