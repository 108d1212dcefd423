import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { FaultBook } from '../../../../../../infra/local/webex/faults/fault-book.ts';
import { type FaultRule, FaultRulesSchema } from '../../../../../../infra/local/webex/faults/schema.ts';
import { MetaStore } from '../../../../../../infra/local/webex/store/meta-store.ts';

const newMeta = () => {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT');
  return new MetaStore(database);
};
const rules = (...given: unknown[]): FaultRule[] => FaultRulesSchema.parse({ rules: given }).rules;
const subject = (operation: string, number?: string, bodyText = '') => ({ operation, number: () => number, bodyText });

describe('FaultBook', () => {
  it('fires as often as remaining says, then no more', () => {
    const book = new FaultBook(newMeta());
    book.replace(rules({ operation: 'createTask', effect: { status: 503 }, remaining: 2 }));

    const fired = [1, 2, 3].map(() => book.take(subject('createTask'))?.kind);

    expect(fired).toEqual(['status', 'status', undefined]);
    expect(book.list()[0]?.fired).toBe(2);
  });

  it('takes the first rule that matches the operation and the number', () => {
    const book = new FaultBook(newMeta());
    book.replace(
      rules(
        { operation: 'search', effect: { dropBefore: true } },
        { operation: 'createTask', effect: { dropAfter: true }, match: { number: '+14155550132' } },
        { operation: 'any', effect: { delayMs: 5 } },
      ),
    );

    expect(book.take(subject('createTask', '+14155550132'))?.kind).toBe('dropAfter');
    expect(book.take(subject('createTask', '+14155550133'))?.kind).toBe('delayMs');
  });

  it('matches on a part of the body', () => {
    const book = new FaultBook(newMeta());
    book.replace(rules({ operation: 'any', effect: { delayMs: 5 }, match: { bodyContains: 'attempt-7' } }));

    expect(book.take(subject('search', undefined, '{"value":"attempt-7"}'))?.kind).toBe('delayMs');
    expect(book.take(subject('search', undefined, '{"value":"attempt-8"}'))).toBeUndefined();
  });

  it('gives the same series for the same seed, near the probability', () => {
    const series = (seed: number) => {
      const book = new FaultBook(newMeta());
      book.replace(rules({ operation: 'any', effect: { dropBefore: true }, probability: 0.25, seed }));
      return Array.from({ length: 400 }, () => book.take(subject('search')) !== undefined);
    };

    const first = series(7);

    expect(series(7)).toEqual(first);
    expect(series(8)).not.toEqual(first);
    expect(first.filter(Boolean).length).toBeGreaterThan(60);
    expect(first.filter(Boolean).length).toBeLessThan(140);
  });

  it('goes on with its counts after a restart', () => {
    const meta = newMeta();
    const before = new FaultBook(meta);
    before.replace(rules({ operation: 'any', effect: { dropBefore: true }, remaining: 2 }));
    before.take(subject('search'));

    const after = new FaultBook(meta);

    expect(after.take(subject('search'))?.kind).toBe('dropBefore');
    expect(after.take(subject('search'))).toBeUndefined();
  });
});
