import type { CancellationReason, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { ChargeWrites } from '../../../../src/adapters/dynamodb/request-charge.ts';
import type { Charge } from '../../../../src/screen/ports.ts';
import { type VelocityLimits, countersOf, plainLimits, scriptLimits } from '../../../../src/screen/velocity.ts';

const atMs = Date.parse('2026-11-23T12:00:00Z');
const chargeWith = (caps: Partial<VelocityLimits>): Charge => ({
  atMs,
  shard: 3,
  counts: countersOf(
    { atMs, address: '192.0.2.1', form: 'script', line: 'billing', number: '+14155550132' },
    { script: { ...scriptLimits, ...caps }, plain: { ...plainLimits, ...caps } },
  ).map((counter, index) => ({
    counter,
    below: counter.limit.count,
    over: index === 0 ? ['w600_1'] : [],
  })),
  proof: { id: 'challenge', expiresAtMs: atMs + 1 },
});
const charge = chargeWith({});
const reasons = (...codes: string[]): CancellationReason[] => codes.map((Code) => ({ Code }));
const none = ['None', 'None', 'None', 'None', 'None'] as const;

const keysOf = (items: readonly TransactWriteItem[]): (string | undefined)[] =>
  items.map(({ Update, Put }) => Update?.Key?.['pk']?.S ?? Put?.Item?.['pk']?.S);

describe('ChargeWrites', () => {
  it('counts number, address, range and caps with one write each, and spends the challenge', () => {
    const [number, address, prefix, caps, proof] = new ChargeWrites('counters', charge).items(0);
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

  it('takes another shard of the caps in each round, because only a counter may have been in use', () => {
    const writes = new ChargeWrites('counters', charge);
    expect([0, 1, 2].map((round) => keysOf(writes.items(round))[3])).toEqual([
      'SCREEN#CAPS#3',
      'SCREEN#CAPS#4',
      'SCREEN#CAPS#5',
    ]);
  });

  it('gives a small cap an item of its own and a condition, in every round', () => {
    const writes = new ChargeWrites('counters', chargeWith({ perLineAndDay: 5 }));
    const items = [0, 1].map((round) => writes.items(round).slice(3, 5));
    expect(items.map(keysOf)).toEqual([
      ['SCREEN#CAPS#line-billing', 'SCREEN#CAPS#3'],
      ['SCREEN#CAPS#line-billing', 'SCREEN#CAPS#4'],
    ]);
    expect(items[0]?.[0]?.Update).toMatchObject({
      ConditionExpression: '(attribute_not_exists(#c0) OR #c0 < :b0)',
      ExpressionAttributeValues: { ':b0': { N: '5' } },
    });
  });

  it.each([
    ['perLineAndDay', 3, 'line-full-today'],
    ['perDay', 4, 'full-today'],
  ] as const)('tells which of the small caps is full: %s', (_name, index, code) => {
    const writes = new ChargeWrites('counters', chargeWith({ perLineAndDay: 5, perDay: 5 }));
    writes.items(0);
    const failed = reasons(...none, 'None').with(index, { Code: 'ConditionalCheckFailed' });
    expect(writes.refusalIn(failed)?.code).toBe(code);
  });

  it('tells by what the item held when to try again', () => {
    const writes = new ChargeWrites('counters', charge);
    const [number] = writes.items(0);
    expect(number?.Update?.ReturnValuesOnConditionCheckFailure).toBe('ALL_OLD');
    const Item = { [`w600_${atMs / 600_000}`]: { N: '3' } };
    expect(writes.refusalIn(reasons(...none).with(0, { Code: 'ConditionalCheckFailed', Item }))).toEqual({
      code: 'too-many-for-number',
      retryAfterSeconds: 600 + 200,
    });
  });

  it('says that it could not look where the counters stayed in use', () => {
    const writes = new ChargeWrites('counters', charge);
    writes.items(0);
    expect(writes.refusalIn(reasons(...none).with(4, { Code: 'TransactionConflict' }))).toEqual({
      code: 'screen-unavailable',
    });
  });

  it.each([
    [0, 'too-many-for-number'],
    [1, 'too-many-from-address'],
    [2, 'too-many-for-prefix'],
    [4, 'proof-used'],
  ] as const)('tells by the write that failed what the public is told: %i, %s', (index, code) => {
    const writes = new ChargeWrites('counters', charge);
    writes.items(0);
    expect(writes.refusalIn(reasons(...none).with(index, { Code: 'ConditionalCheckFailed' }))?.code).toBe(code);
  });
});
