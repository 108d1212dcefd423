import { describe, expect, it } from 'vitest';
import { exportSuppressions } from '../../../src/suppression/bulk-export.ts';
import { type BulkProgress, importSuppressions } from '../../../src/suppression/bulk-import.ts';
import type { BulkCheckpoint } from '../../../src/suppression/bulk-ports.ts';
import type { Suppression } from '../../../src/suppression/ports.ts';

const nowMs = Date.UTC(2026, 10, 20, 12);

function setUp() {
  const listed = new Map<string, Suppression>();
  const state = { report: '', checkpoint: undefined as BulkCheckpoint | undefined, pieces: 0, failAtPiece: 0 };
  const progress: BulkProgress[] = [];
  const told: string[] = [];
  const store = {
    async addMany(entries: readonly Suppression[]) {
      state.pieces += 1;
      if (state.pieces === state.failAtPiece) throw new Error('The table is throttled.');
      const before = listed.size;
      for (const entry of entries) if (!listed.has(entry.number)) listed.set(entry.number, entry);
      return { added: listed.size - before, already: entries.length - (listed.size - before) };
    },
    async *all() {
      yield* listed.values();
    },
  };
  const deps = {
    store,
    checkpoints: {
      read: async () => state.checkpoint,
      write: async (checkpoint: BulkCheckpoint) => void (state.checkpoint = checkpoint),
      clear: async () => void (state.checkpoint = undefined),
    },
    report: {
      truncate: async (bytes: number) => void (state.report = state.report.slice(0, bytes)),
      append: async (text: string) => (state.report += text).length,
    },
    onProgress: (each: BulkProgress) => progress.push(each),
    onListed: async (entries: readonly Suppression[]) => void told.push(...entries.map(({ number }) => number)),
    settings: { pieceRows: 2 },
  };
  const run = (text: string, fileSha256 = 'f1') =>
    importSuppressions(deps, {
      chunks: (async function* () {
        yield Buffer.from(text);
      })(),
      fileSha256,
      defaults: { reason: 'asked', source: 's', addedBy: 'ada', addedAtMs: nowMs, country: 'US' },
    });
  return { run, state, listed, progress, told, store };
}

const file = 'number\n4155550131\n=2+3\n4155550132\n4155550131\nnonsense\n4155550133\n';
const fullReport = [
  'row,value,code,explanation\r\n',
  '3,****,number-not-understood,This is not a phone number.\r\n',
  '6,********,number-not-understood,This is not a phone number.\r\n',
].join('');

describe('importSuppressions', () => {
  it('adds each number once and reports what it rejected', async () => {
    const { run, state, listed, told } = setUp();
    expect(await run(file)).toEqual({ row: 7, added: 3, already: 1, rejected: 2 });
    expect([...listed.keys()]).toEqual(['+14155550131', '+14155550132', '+14155550133']);
    expect(state.report).toBe(fullReport);
    expect(new Set(told)).toEqual(new Set(listed.keys()));
    expect(state.checkpoint).toBeUndefined();
  });

  it('tells its progress piece by piece', async () => {
    const { run, progress } = setUp();
    await run(file);
    expect(progress.map(({ row }) => row)).toEqual([3, 5, 7]);
  });

  it('goes on behind its last checkpoint, with the same counts and the same report', async () => {
    for (const failAtPiece of [1, 2, 3]) {
      const { run, state, listed } = setUp();
      state.failAtPiece = failAtPiece;
      await expect(run(file)).rejects.toThrow('The table is throttled.');
      state.report += 'half a li';
      const piecesBefore = state.pieces;
      expect(await run(file)).toEqual({ row: 7, added: 3, already: 1, rejected: 2 });
      expect(state.pieces - piecesBefore).toBe(4 - failAtPiece);
      expect(state.report).toBe(fullReport);
      expect(listed.size).toBe(3);
    }
  });

  it('begins another file at its top', async () => {
    const { run, state } = setUp();
    state.failAtPiece = 3;
    await expect(run(file)).rejects.toThrow();
    expect(await run('4155550139\n', 'f2')).toEqual({ row: 1, added: 1, already: 0, rejected: 0 });
    expect(state.report).toBe('row,value,code,explanation\r\n');
  });
});

describe('exportSuppressions', () => {
  it('writes what an import takes, entry by entry the same', async () => {
    const first = setUp();
    const entry: Suppression = {
      number: '+14155550131',
      list: 'internal',
      reason: '=HYPERLINK("x"), said; "no"',
      source: '@crm',
      addedBy: '-bob',
      addedAtMs: nowMs,
    };
    first.listed.set(entry.number, entry);
    let text = '';
    for await (const piece of exportSuppressions(first.store.all())) text += piece;
    expect(text.split('\r\n')[1]).toMatch(/^\+14155550131,"'=HYPERLINK/);

    const second = setUp();
    await second.run(text);
    expect([...second.listed.values()]).toEqual([entry]);
  });

  it('writes the names of the columns for an empty list', async () => {
    const { store } = setUp();
    const counts: number[] = [];
    let text = '';
    for await (const piece of exportSuppressions(store.all(), (rows) => counts.push(rows))) text += piece;
    expect(text).toBe('number,reason,source,addedBy,addedAt\r\n');
    expect(counts).toEqual([0]);
  });
});
