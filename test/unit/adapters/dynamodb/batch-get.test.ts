import type { KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { type BatchGet, joinedBatchGet } from '../../../../src/adapters/dynamodb/batch-get.ts';

const keys = (...names: string[]): KeysAndAttributes => ({ Keys: names.map((pk) => ({ pk: { S: pk } })) });
const namesIn = (read: Awaited<ReturnType<BatchGet>>, table: string): (string | undefined)[] =>
  (read.Responses?.[table] ?? []).map((item) => item['pk']?.S);

const createTable = (answer?: (asked: Parameters<BatchGet>[0]) => Awaited<ReturnType<BatchGet>> | undefined) => {
  const requests: string[][] = [];
  const send: BatchGet = (asked) => {
    requests.push(Object.values(asked).flatMap(({ Keys = [] }) => Keys.map((key) => key['pk']?.S ?? '')));
    const own = answer?.(asked);
    if (own) return Promise.resolve(own);
    if (answer && !own && requests.length === 1) return Promise.reject(new Error('AccessDenied'));
    const entries = Object.entries(asked).map(([table, { Keys = [] }]) => [table, Keys] as const);
    return Promise.resolve({ Responses: Object.fromEntries(entries) });
  };
  return { requests, batchGet: joinedBatchGet(send) };
};

describe('joinedBatchGet', () => {
  it('sends what is asked for at the same time in one request, and gives each its own', async () => {
    const { requests, batchGet } = createTable();
    const [one, other] = await Promise.all([batchGet({ a: keys('1', '2') }), batchGet({ a: keys('3'), b: keys('1') })]);
    expect(requests).toEqual([['1', '2', '3', '1']]);
    expect([namesIn(one, 'a'), namesIn(one, 'b')]).toEqual([['1', '2'], []]);
    expect([namesIn(other, 'a'), namesIn(other, 'b')]).toEqual([['3'], ['1']]);
  });

  it('does not join what is asked for later', async () => {
    const { requests, batchGet } = createTable();
    await batchGet({ a: keys('1') });
    await batchGet({ a: keys('2') });
    expect(requests).toEqual([['1'], ['2']]);
  });

  it('asks for each alone where the whole is refused, so that nobody loses by the other', async () => {
    const { requests, batchGet } = createTable(() => undefined);
    const [one, other] = await Promise.all([batchGet({ a: keys('1') }), batchGet({ a: keys('2') })]);
    expect(requests).toEqual([['1', '2'], ['1'], ['2']]);
    expect([namesIn(one, 'a'), namesIn(other, 'a')]).toEqual([['1'], ['2']]);
  });

  it('asks for each alone where something was left unread', async () => {
    let count = 0;
    const { requests, batchGet } = createTable((asked) => {
      count += 1;
      return count === 1 ? { UnprocessedKeys: { a: keys('2') } } : { Responses: { a: asked['a']?.Keys ?? [] } };
    });
    const read = await Promise.all([batchGet({ a: keys('1') }), batchGet({ a: keys('2') })]);
    expect(requests).toHaveLength(3);
    expect(read.map((each) => namesIn(each, 'a'))).toEqual([['1'], ['2']]);
  });
});
