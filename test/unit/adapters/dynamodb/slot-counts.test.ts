import type { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { DynamoSlotCounts } from '../../../../src/adapters/dynamodb/slot-counts.ts';
import { slotKey } from '../../../../src/slots/bookable.ts';

interface Key {
  readonly pk: { readonly S: string };
}

/** DynamoDB with some slots taken, that answers at most so many keys of a batch. */
function createClient(taken: ReadonlyMap<string, number>, answeredMax = 100) {
  const batches: number[] = [];
  const send = (command: BatchGetItemCommand): Promise<unknown> => {
    const keys = (command.input.RequestItems?.['counters']?.Keys ?? []) as unknown as Key[];
    batches.push(keys.length);
    const [answered, left] = [keys.slice(0, answeredMax), keys.slice(answeredMax)];
    const items = answered.flatMap(({ pk }) => {
      const count = taken.get(pk.S);
      return count === undefined ? [] : [{ pk, taken: { N: String(count) } }];
    });
    return Promise.resolve({
      Responses: { counters: items },
      ...(left.length > 0 && { UnprocessedKeys: { counters: { Keys: left } } }),
    });
  };
  return { batches, counts: new DynamoSlotCounts({ send } as unknown as DynamoDBClient, 'counters') };
}

const starts = Array.from({ length: 150 }, (_, index) => Date.parse('2026-11-23T09:00:00Z') + index * 1_800_000);
const [first = 0] = starts;
const last = starts.at(-1) ?? 0;
const taken = new Map([
  [slotKey('billing', first), 3],
  [slotKey('billing', last), 1],
  [slotKey('support', first), 9],
]);

describe('DynamoSlotCounts', () => {
  it('reads as many slots as asked, 100 at a time, and leaves out what nobody booked', async () => {
    const { batches, counts } = createClient(taken);
    expect(await counts.read('billing', starts)).toEqual(
      new Map([
        [first, 3],
        [last, 1],
      ]),
    );
    expect(batches).toEqual([100, 50]);
  });

  it('asks again for what DynamoDB left unread', async () => {
    const { counts } = createClient(taken, 60);
    expect((await counts.read('billing', starts)).size).toBe(2);
  });

  it('throws when slots stay unread: a full one must not look free', async () => {
    const { counts } = createClient(taken, 0);
    await expect(counts.read('billing', starts)).rejects.toThrow('left 100 slots unread');
  });

  it('asks nothing for no slots', async () => {
    const { batches, counts } = createClient(taken);
    expect(await counts.read('billing', [])).toEqual(new Map());
    expect(batches).toEqual([]);
  });
});
