import {
  BatchGetItemCommand,
  TransactionCanceledException,
  type TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { DynamoSuppressionBulkStore } from '../../../../src/adapters/dynamodb/suppression-bulk-store.ts';
import type { Suppression } from '../../../../src/suppression/ports.ts';

const entryOf = (index: number): Suppression => ({
  number: `+1415${5_550_000 + index}`,
  list: 'internal',
  reason: 'asked',
  source: 's',
  addedBy: 'ada',
  addedAtMs: 7,
});

interface TableOptions {
  readonly listed?: readonly string[];
  /** Every so-manieth write meets another transaction. */
  readonly conflictEvery?: number;
  /** Listed by somebody else between our look and our write. */
  readonly listedMeanwhile?: readonly string[];
}

/** A table under the conditions of DynamoDB's transactions. */
function setUp({ listed = [], conflictEvery = 0, listedMeanwhile = [] }: TableOptions = {}) {
  const table = new Map(listed.map((number) => [number, 'earlier']));
  const waitsMs: number[] = [];
  const sizes: number[] = [];
  let writes = 0;
  const write = ({ input }: TransactWriteItemsCommand): object => {
    const puts = (input.TransactItems ?? []).map(({ Put }) => Put);
    sizes.push(puts.length);
    writes += 1;
    expect(puts.every((put) => put?.ConditionExpression === 'attribute_not_exists(pk)')).toBe(true);
    const isConflict = conflictEvery > 0 && writes % conflictEvery === 0;
    const codes = puts.map((put, index) =>
      table.has(put?.Item?.['pk']?.S ?? '')
        ? 'ConditionalCheckFailed'
        : isConflict && index === 0
          ? 'TransactionConflict'
          : 'None',
    );
    if (codes.some((code) => code !== 'None')) {
      const CancellationReasons = codes.map((Code) => ({ Code }));
      throw new TransactionCanceledException({ message: 'canceled', $metadata: {}, CancellationReasons });
    }
    for (const put of puts) table.set(put?.Item?.['pk']?.S ?? '', put?.Item?.['reason']?.S ?? '');
    return {};
  };
  const client = {
    async send(command: unknown) {
      if (!(command instanceof BatchGetItemCommand)) return write(command as TransactWriteItemsCommand);
      const keys = command.input.RequestItems?.['T']?.Keys ?? [];
      expect(keys.length).toBeLessThanOrEqual(100);
      const found = keys.filter(({ pk }) => table.has(pk?.S ?? ''));
      for (const number of listedMeanwhile) table.set(number, 'meanwhile');
      return { Responses: { T: found } };
    },
  };
  const clock = { sleep: async (durationMs: number) => void waitsMs.push(durationMs) };
  return { store: new DynamoSuppressionBulkStore(client as never, 'T', clock), table, waitsMs, sizes };
}

it('adds what is new and leaves what is there, counting a number of the same batch once', async () => {
  const { store, table } = setUp({ listed: [entryOf(0).number] });
  expect(await store.addMany([entryOf(0), entryOf(1), { ...entryOf(1), reason: 'later' }, entryOf(2)])).toEqual({
    added: 2,
    already: 2,
  });
  expect([...table.values()]).toEqual(['earlier', 'asked', 'asked']);
});

it('leaves the entry that somebody else writes between its look and its write, and adds the others', async () => {
  const { store, table, waitsMs } = setUp({ listedMeanwhile: [entryOf(1).number] });

  expect(await store.addMany([entryOf(0), entryOf(1), entryOf(2)])).toEqual({ added: 2, already: 1 });
  expect(Object.fromEntries(table)).toEqual({
    [entryOf(0).number]: 'asked',
    [entryOf(1).number]: 'meanwhile',
    [entryOf(2).number]: 'asked',
  });
  expect(waitsMs).toEqual([]);
});

it('writes at most 100 items a request', async () => {
  const { store, table, sizes } = setUp();
  expect(await store.addMany(Array.from({ length: 260 }, (_, index) => entryOf(index)))).toEqual({
    added: 260,
    already: 0,
  });
  expect(table.size).toBe(260);
  expect(Math.max(...sizes)).toBe(100);
});

it('sends what met another transaction again, after a wait', async () => {
  const { store, table, waitsMs } = setUp({ conflictEvery: 2 });
  expect(await store.addMany(Array.from({ length: 400 }, (_, index) => entryOf(index)))).toEqual({
    added: 400,
    already: 0,
  });
  expect(table.size).toBe(400);
  expect(waitsMs.length).toBeGreaterThan(0);
});

it('gives up after eight times, with longer and longer waits', async () => {
  const { store, waitsMs } = setUp({ conflictEvery: 1 });
  await expect(store.addMany([entryOf(0)])).rejects.toMatchObject({ code: 'items-unprocessed' });
  expect(waitsMs).toHaveLength(7);
  expect(waitsMs.every((waitMs, index) => waitMs >= 25 * 2 ** index && waitMs <= 50 * 2 ** index)).toBe(true);
});

it('throws what no waiting mends', async () => {
  const refusal = new TransactionCanceledException({
    message: 'canceled',
    $metadata: {},
    CancellationReasons: [{ Code: 'ValidationError' }],
  });
  const client = {
    send: async (command: unknown) => {
      if (command instanceof BatchGetItemCommand) return { Responses: {} };
      throw refusal;
    },
  };
  const store = new DynamoSuppressionBulkStore(client as never, 'T', { sleep: async () => undefined });

  await expect(store.addMany([entryOf(0)])).rejects.toBe(refusal);
});

it('sends nothing for nothing', async () => {
  const { store, sizes } = setUp();
  expect(await store.addMany([])).toEqual({ added: 0, already: 0 });
  expect(sizes).toEqual([]);
});
