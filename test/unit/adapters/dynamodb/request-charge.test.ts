import type { CancellationReason, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { ChargeWrites } from '../../../../src/adapters/dynamodb/request-charge.ts';
import type { Charge } from '../../../../src/screen/ports.ts';
import { countersOf, scriptLimits } from '../../../../src/screen/velocity.ts';

const atMs = Date.parse('2026-11-23T12:00:00Z');
const counters = countersOf(
  { atMs, address: '192.0.2.1', form: 'script', line: 'billing', number: '+14155550132' },
  scriptLimits,
);
const charge: Charge = {
  atMs,
  shard: 3,
  counts: counters.map((counter, index) => ({
    counter,
    below: counter.limit.count,
    over: index === 0 ? ['w600_1'] : [],
  })),
  proof: { id: 'challenge', expiresAtMs: atMs + 1 },
};
const call: TransactWriteItem = { Put: { TableName: 'calls', Item: {} } };
const reasons = (...codes: string[]): CancellationReason[] => codes.map((Code) => ({ Code }));
const none = ['None', 'None', 'None', 'None', 'None'] as const;

/** Writes against a table that gives these answers, the last one for good. */
const write = async (answers: ('written' | CancellationReason[])[], of = charge) => {
  const sent: TransactWriteItem[][] = [];
  const writes = new ChargeWrites('counters', of);
  const outcome = await writes.writeWith([call], (all) => {
    sent.push(all);
    return Promise.resolve(answers[Math.min(sent.length, answers.length) - 1] ?? 'written');
  });
  return { writes, sent, outcome };
};
const keysOf = (items: readonly TransactWriteItem[]): (string | undefined)[] =>
  items.map(({ Update, Put }) => Update?.Key?.['pk']?.S ?? Put?.Item?.['pk']?.S);

describe('ChargeWrites', () => {
  it('counts number, address, range and caps with one write each, and spends the challenge', async () => {
    const { sent, outcome } = await write(['written']);
    expect(outcome).toBe('written');
    const [own, number, address, prefix, caps, proof] = sent[0] ?? [];
    expect(own).toBe(call);
    expect(keysOf([number ?? {}, address ?? {}, prefix ?? {}, caps ?? {}, proof ?? {}])).toEqual([
      expect.stringMatching(/^SCREEN#NUMBER#[0-9a-f]{32}$/),
      expect.stringMatching(/^SCREEN#ADDRESS#[0-9a-f]{32}$/),
      expect.stringMatching(/^SCREEN#PREFIX#[0-9a-f]{32}$/),
      'SCREEN#CAPS#3',
      'SCREEN#PROOF#challenge',
    ]);
    expect(number?.Update).toMatchObject({
      UpdateExpression: 'ADD #c0 :one, #c1 :one SET #ttl = :ttl REMOVE #o0',
      ConditionExpression: '(attribute_not_exists(#c0) OR #c0 < :b0) AND (attribute_not_exists(#c1) OR #c1 < :b1)',
      ExpressionAttributeNames: { '#c0': `w600_${atMs / 600_000}`, '#o0': 'w600_1' },
    });
    expect(caps?.Update?.ConditionExpression).toBeUndefined();
    expect(caps?.Update?.ExpressionAttributeNames).toMatchObject({
      '#c0': expect.stringMatching(/^line-billing_/) as string,
    });
    expect(proof?.Put?.ConditionExpression).toBe('attribute_not_exists(pk)');
  });

  it('tries again with another shard where only a counter was in use', async () => {
    const busy = reasons('None', 'None', 'TransactionConflict', 'None', 'TransactionConflict', 'None');
    const { sent, outcome } = await write([busy, 'written']);
    expect(outcome).toBe('written');
    expect(sent.map((items) => keysOf(items)[4])).toEqual(['SCREEN#CAPS#3', 'SCREEN#CAPS#4']);
  });

  it('gives up after four tries, and says that it could not look', async () => {
    const busy = reasons(...none, 'TransactionConflict');
    const { sent, writes, outcome } = await write([busy]);
    expect(sent).toHaveLength(4);
    expect(outcome).toBe(busy);
    expect(writes.refusalIn(busy.slice(1))).toEqual({ code: 'screen-unavailable' });
  });

  it.each([
    ['the call itself is in use', reasons('TransactionConflict', ...none)],
    ['a limit was reached', reasons('None', 'TransactionConflict', 'ConditionalCheckFailed', 'None', 'None', 'None')],
  ])('does not try again where %s', async (_why, answer) => {
    expect((await write([answer])).sent).toHaveLength(1);
  });

  it.each([
    [1, 'too-many-for-number'],
    [2, 'too-many-from-address'],
    [3, 'too-many-for-prefix'],
    [5, 'proof-used'],
  ] as const)('tells by the write that failed what the public is told: %i, %s', async (index, code) => {
    const codes = ['None', ...none].with(index, 'ConditionalCheckFailed');
    const { writes } = await write(['written']);
    expect(writes.refusalIn(reasons(...codes).slice(1))?.code).toBe(code);
  });
});
