import type { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it, vi } from 'vitest';
import { DynamoOpenCalls } from '../../../../src/adapters/dynamodb/open-calls.ts';

const lines = ['billing', 'support'];
const lockOf = (number: string, line: string) => `OPEN#${number}#${line}`;

const answering = (answer: object) => vi.fn(async (_command: BatchGetItemCommand) => answer);

it('asks for the locks of all numbers at once, each once, and tells them apart', async () => {
  const send = answering({
    Responses: { Calls: [{ pk: { S: lockOf('+14155550133', 'support') }, callId: { S: 'call-1' } }] },
  });
  const open = new DynamoOpenCalls({ send } as never, 'Calls', lines.length);

  const found = await Promise.all(
    ['+14155550132', '+14155550133', '+14155550132'].map((number) => open.openCallIds(number, lines)),
  );

  expect(found).toEqual([[], ['call-1'], []]);
  expect(send).toHaveBeenCalledTimes(1);
  const { Keys, ConsistentRead } = send.mock.calls[0]?.[0].input.RequestItems?.['Calls'] ?? {};
  expect(ConsistentRead).toBe(true);
  expect(Keys).toHaveLength(4);
});

it('asks for a hundred keys at most', async () => {
  const send = answering({ Responses: {} });
  const open = new DynamoOpenCalls({ send } as never, 'Calls', 3);

  await Promise.all(
    Array.from({ length: 40 }, (_, index) => open.openCallIds(`+1415555${1_000 + index}`, ['a', 'b', 'c'])),
  );

  const sizes = send.mock.calls.map(([command]) => command.input.RequestItems?.['Calls']?.Keys?.length);
  expect(sizes).toEqual([99, 21]);
});

it('fails for the number whose lock was left unread, and for no other', async () => {
  const send = answering({
    Responses: {},
    UnprocessedKeys: { Calls: { Keys: [{ pk: { S: lockOf('+14155550132', 'billing') }, sk: { S: 'LOCK' } }] } },
  });
  const open = new DynamoOpenCalls({ send } as never, 'Calls', lines.length);

  const found = await Promise.allSettled(
    ['+14155550132', '+14155550133'].map((number) => open.openCallIds(number, lines)),
  );

  expect(found.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});
