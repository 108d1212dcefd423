import { DynamoDBClient, TransactWriteItemsCommand, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { DynamoCallStore } from '../../../../src/adapters/dynamodb/call-store.ts';
import { type ContentionRules, contentionRules } from '../../../../src/adapters/dynamodb/transact.ts';
import { transition } from '../../../../src/calls/lifecycle.ts';
import { hourMs, sampleCall, sampleDecision, sampleFacts, startMs } from '../../calls/bench.ts';

const tables = { calls: 'Calls', suppressions: 'Suppressions', counters: 'Counters' };
const booking = { fromMs: startMs + hourMs, toMs: startMs + 2 * hourMs, capacity: 1 };
const slot = { fromMs: booking.fromMs, toMs: booking.toMs };
const call = sampleCall({ slot });
const decision = sampleDecision(sampleFacts());

type Code = 'None' | 'ConditionalCheckFailed' | 'TransactionConflict' | 'ThrottlingError' | 'ValidationError';

/** A table that answers each transaction with the next of these codes at its last item; then it is written. */
function createStore(answers: readonly Code[], taken: () => number = () => 0) {
  const left = [...answers];
  const asked: string[] = [];
  const pauses: number[] = [];
  let nowMs = 0;
  const client = new DynamoDBClient({ region: 'us-east-1' });
  client.send = (async (command: { constructor: { name: string }; input: { TransactItems?: unknown[] } }) => {
    asked.push(command.constructor.name);
    nowMs += 10;
    if (!(command instanceof TransactWriteItemsCommand)) {
      const pk = { S: `SLOT#billing#${new Date(slot.fromMs).toISOString()}` };
      return { Responses: { Counters: [{ pk, taken: { N: String(taken()) } }] } };
    }
    const code = left.shift() ?? 'None';
    if (code === 'None') return {};
    const items = command.input.TransactItems ?? [];
    throw new TransactionCanceledException({
      message: code,
      $metadata: {},
      CancellationReasons: items.map((_, index) => ({ Code: index === items.length - 1 ? code : 'None' })),
    });
  }) as never;
  const rules: ContentionRules = {
    ...contentionRules,
    random: () => 1,
    nowMs: () => nowMs,
    sleep: (durationMs) => {
      pauses.push(durationMs);
      nowMs += durationMs;
      return Promise.resolve();
    },
  };
  return { store: new DynamoCallStore(client, tables, hourMs, rules), asked, pauses };
}

describe('a booking that meets others at the same slot', () => {
  it('is tried again with growing pauses until it is written', async () => {
    const { store, pauses } = createStore(['TransactionConflict', 'TransactionConflict', 'ThrottlingError']);

    expect(await store.accept(call, decision, undefined, { booking })).toEqual({ outcome: 'accepted' });
    expect(pauses).toEqual([20, 40, 80]);
  });

  it('is not tried again where the slot has become full meanwhile', async () => {
    const { store, asked } = createStore(['TransactionConflict', 'TransactionConflict'], () => 1);

    expect(await store.accept(call, decision, undefined, { booking })).toEqual({ outcome: 'slot-taken' });
    expect(asked).toEqual(['TransactWriteItemsCommand', 'BatchGetItemCommand']);
  });

  it('is told at once that the slot is full', async () => {
    const { store, asked } = createStore(['ConditionalCheckFailed']);

    expect(await store.accept(call, decision, undefined, { booking })).toEqual({ outcome: 'slot-taken' });
    expect(asked).toHaveLength(1);
  });

  it('gives up within the time of the request, and then nothing is written', async () => {
    const { store, pauses } = createStore(Array.from({ length: 1_000 }, () => 'TransactionConflict' as const));

    expect(await store.accept(call, decision, undefined, { booking })).toEqual({ outcome: 'key-used' });
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThan(6_000);
    expect(Math.max(...pauses)).toBe(500);
  });

  it('does not hide another fault', async () => {
    const { store } = createStore(['ValidationError']);

    await expect(store.accept(call, decision, undefined, { booking })).rejects.toThrow('ValidationError');
  });

  it.each([
    ['gives its place back', { type: 'cancelled', atMs: startMs, by: 'person' } as const],
    [
      'moves',
      {
        type: 'rescheduled',
        atMs: startMs,
        dueAtMs: startMs,
        expiresAtMs: startMs + 9 * hourMs,
        decision,
        booking: { ...booking, fromMs: startMs + 5 * hourMs },
      } as const,
    ],
  ])('is written in the end when it %s', async (_what, event) => {
    const { store, pauses } = createStore(['TransactionConflict']);

    expect(await store.commit(transition(call, undefined, event))).toBe('committed');
    expect(pauses).toEqual([20]);
  });
});

it('leaves a conflict of other writes to who reads the call again', async () => {
  const { store, pauses } = createStore(['TransactionConflict', 'TransactionConflict']);
  const { slot: _slot, ...plain } = call;

  expect(await store.commit(transition(plain, undefined, { type: 'armed', atMs: startMs }))).toBe('conflict');
  expect(await store.accept(plain, decision)).toEqual({ outcome: 'key-used' });
  expect(pauses).toEqual([]);
});
