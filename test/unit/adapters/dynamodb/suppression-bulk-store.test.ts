import { BatchGetItemCommand, type BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
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

/** A table that leaves the last item of every `leaveEvery`th write unprocessed. */
function setUp({ leaveEvery = 0, listed = [] as string[] } = {}) {
  const table = new Map(listed.map((number) => [number, 'earlier']));
  const waitsMs: number[] = [];
  const sizes: number[] = [];
  let writes = 0;
  const client = {
    async send(command: unknown) {
      if (command instanceof BatchGetItemCommand) {
        const keys = command.input.RequestItems?.['T']?.Keys ?? [];
        expect(keys.length).toBeLessThanOrEqual(100);
        return { Responses: { T: keys.filter(({ pk }) => table.has(pk?.S ?? '')) } };
      }
      const requests = (command as BatchWriteItemCommand).input.RequestItems?.['T'] ?? [];
      sizes.push(requests.length);
      writes += 1;
      const left = leaveEvery > 0 && writes % leaveEvery === 0 ? requests.slice(-1) : [];
      for (const { PutRequest } of requests.slice(0, requests.length - left.length))
        table.set(PutRequest?.Item?.['pk']?.S ?? '', PutRequest?.Item?.['reason']?.S ?? '');
      return { UnprocessedItems: left.length > 0 ? { T: left } : {} };
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

it('writes at most 25 items a request', async () => {
  const { store, table, sizes } = setUp();
  await store.addMany(Array.from({ length: 260 }, (_, index) => entryOf(index)));
  expect(table.size).toBe(260);
  expect(Math.max(...sizes)).toBe(25);
});

it('sends what was left unprocessed again, after a wait', async () => {
  const { store, table, waitsMs } = setUp({ leaveEvery: 2 });
  await store.addMany(Array.from({ length: 100 }, (_, index) => entryOf(index)));
  expect(table.size).toBe(100);
  expect(waitsMs.length).toBeGreaterThan(0);
});

it('gives up after eight times, with longer and longer waits', async () => {
  const { store, waitsMs } = setUp({ leaveEvery: 1 });
  await expect(store.addMany([entryOf(0)])).rejects.toMatchObject({ code: 'items-unprocessed' });
  expect(waitsMs).toHaveLength(7);
  expect(waitsMs.every((waitMs, index) => waitMs >= 25 * 2 ** index && waitMs <= 50 * 2 ** index)).toBe(true);
});

it('sends nothing for nothing', async () => {
  const { store, sizes } = setUp();
  expect(await store.addMany([])).toEqual({ added: 0, already: 0 });
  expect(sizes).toEqual([]);
});
