import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { expect, it, vi } from 'vitest';
import { streamHandler } from '../../../../src/adapters/lambda/batch-handlers.ts';
import { logCodes } from '../../../../src/shared/log-codes.ts';

const record = (pk: string, sequence: number): DynamoDBRecord => ({
  eventSource: 'aws:dynamodb',
  dynamodb: { Keys: { pk: { S: pk } }, SequenceNumber: String(sequence) },
});
const batch: DynamoDBStreamEvent = { Records: [record('call-1', 1), record('call-2', 2), record('call-1', 3)] };
const sequenceOf = ({ dynamodb }: DynamoDBRecord): string => dynamodb?.SequenceNumber ?? '';

async function answer(work: (sequence: string) => Promise<void>) {
  const error = vi.fn();
  const handle = streamHandler({ error }, logCodes.callTimingFailed, (each) => work(sequenceOf(each)));
  return { answered: await handle(batch, {} as Context), error };
}

it('takes the changes of one item in their order and waits for no other item', async () => {
  const done: string[] = [];

  await answer(async (sequence) => {
    if (sequence === '1') await new Promise((resolve) => setTimeout(resolve, 20));
    done.push(sequence);
  });

  expect(done).toEqual(['2', '1', '3']);
});

it('has everything come again from the first change on that failed', async () => {
  const done: string[] = [];

  const { answered, error } = await answer(async (sequence) => {
    if (sequence === '1') throw new Error('throttled');
    done.push(sequence);
  });

  expect(done).toEqual(['2']);
  expect(answered).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }, { itemIdentifier: '3' }] });
  expect(error.mock.calls.map(([code]) => code as unknown)).toEqual([logCodes.callTimingFailed]);
});
