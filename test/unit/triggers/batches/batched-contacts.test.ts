import { describe, expect, it } from 'vitest';
import { MemoryLedger } from '../../campaigns/support/memory-ledger.ts';
import sample from '../../../../ringback.config.ts';
import { type Batch, batchAt, closedAtMs, uploadOfBatch } from '../../../../src/triggers/batches/batch.ts';
import { BatchedContacts } from '../../../../src/triggers/batches/batched-contacts.ts';
import { type GatherContactsDeps, gatherContacts } from '../../../../src/triggers/batches/gather-contacts.ts';
import type { BatchStore, ContactColumns } from '../../../../src/triggers/batches/ports.ts';
import { RowChecks } from '../../../../src/triggers/batches/row-checks.ts';

const startMs = Date.UTC(2026, 10, 23, 18);
const campaign = 'spring-offers';

class MemoryBatches implements BatchStore {
  readonly marks = new Map<string, { uploadId: string; requestSha256: string }>();
  readonly contacts = new Map<string, Map<string, ContactColumns>>();

  async add(...[batch, contact, mark]: Parameters<BatchStore['add']>): ReturnType<BatchStore['add']> {
    const known = this.marks.get(mark.keySha256);
    if (known) return known;
    const uploadId = uploadOfBatch(batch);
    this.marks.set(mark.keySha256, { uploadId, requestSha256: mark.requestSha256 });
    const rows = this.contacts.get(uploadId) ?? new Map<string, ContactColumns>();
    this.contacts.set(uploadId, rows.set(mark.keySha256, contact));
    return 'added';
  }

  async contactsOf(uploadId: string): Promise<readonly ContactColumns[]> {
    const rows = [...(this.contacts.get(uploadId) ?? [])];
    return rows.toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, columns]) => columns);
  }
}

class Bench {
  nowMs = startMs;
  readonly store = new MemoryBatches();
  readonly ledger = new MemoryLedger();
  readonly files = new Map<string, string>();
  readonly sent: { batch: Batch; delaySeconds: number }[] = [];
  failing: 'store' | 'files' | undefined;

  readonly queue = {
    send: async (batch: Batch, delaySeconds: number) => void this.sent.push({ batch, delaySeconds }),
  };
  readonly worldClock = { nowMs: () => this.nowMs };
  /** As one process of the function has it. */
  adder(): BatchedContacts {
    const { queue, worldClock } = this;
    const store: Pick<BatchStore, 'add'> = {
      add: (...asked) => {
        if (this.failing === 'store') throw new Error('The table is down.');
        return this.store.add(...asked);
      },
    };
    return new BatchedContacts({ store, queue, worldClock, clock: worldClock, checks: new RowChecks(sample) });
  }

  add(key: string, changed: object = {}, adder = this.adder()) {
    const columns = { 'customer id': key, 'opted in': '2026-10-01' };
    const request = { campaign, source: 'shop', seconds: 300, phone: '(415) 555-0132', columns, key, keptMs: 1_000 };
    return adder.add({ ...request, ...changed });
  }

  gather(batch: Batch) {
    const deps: GatherContactsDeps = {
      store: this.store,
      ledger: this.ledger,
      queue: this.queue,
      worldClock: this.worldClock,
      clock: this.worldClock,
      settings: sample,
      files: {
        put: async (key, text) => {
          if (this.failing === 'files') throw new Error('The bucket is down.');
          this.files.set(key, text);
        },
      },
    };
    return gatherContacts(deps, batch);
  }
}

const idIn = (added: Awaited<ReturnType<BatchedContacts['add']>>): string => {
  if (!added.ok) throw new Error(JSON.stringify(added.failure));
  return added.value.uploadId;
};

describe('adding contacts', () => {
  it('gathers those of a stretch for one upload, and has it started once the stretch is closed', async () => {
    const bench = new Bench();
    const adder = bench.adder();

    const one = idIn(await bench.add('1', {}, adder));
    bench.nowMs += 299_999;
    const two = idIn(await bench.add('2', {}, adder));
    bench.nowMs += 1;
    const three = idIn(await bench.add('3', {}, adder));

    expect(two).toBe(one);
    expect(three).not.toBe(one);
    expect(bench.sent.map(({ batch, delaySeconds }) => [batch.startMs, delaySeconds])).toEqual([
      [startMs, 320],
      [startMs + 300_000, 320],
    ]);
  });

  it('keeps sources, campaigns and lengths of the stretch apart', async () => {
    const bench = new Bench();

    const ids = [
      idIn(await bench.add('1')),
      idIn(await bench.add('2', { source: 'crm' })),
      idIn(await bench.add('3', { seconds: 100 })),
    ];

    expect(new Set(ids).size).toBe(3);
  });

  it('leads the same key to the same upload in a later stretch, and refuses it with another contact', async () => {
    const bench = new Bench();
    const first = idIn(await bench.add('1'));
    bench.nowMs += 3_600_000;

    const again = await bench.add('1');
    const other = await bench.add('1', { phone: '(415) 555-0133' });

    expect(idIn(again)).toBe(first);
    expect(other).toEqual({ ok: false, failure: { code: 'idempotency-key-reused' } });
    expect(await bench.store.contactsOf(first)).toHaveLength(1);
  });

  it('has called for the upload before it writes, so that a crash in between loses nothing that was taken', async () => {
    const bench = new Bench();
    bench.failing = 'store';

    await expect(bench.add('1')).rejects.toThrow('down');

    expect(bench.sent).toHaveLength(1);
    expect(bench.store.marks.size).toBe(0);
  });

  it.each<[string, object, string, RegExp]>([
    ['a number of nobody', { phone: 'n/a' }, '/phone', /not a phone number/],
    ['a number that is not called', { phone: '+44 20 7946 0958' }, '/phone', /country that is not called/],
    ['an id that is missing', { columns: { 'Customer ID': '' } }, '/variables/Customer ID', /no unique id/],
    [
      'a value of another type',
      { columns: { 'customer id': '1', balance: 'twelve' } },
      '/variables/balance',
      /type of its field/,
    ],
    [
      'a consent of tomorrow',
      { columns: { 'customer id': '1', 'opted in': '2027-10-01' } },
      '/variables/opted in',
      /future/,
    ],
  ])('refuses %s at once, as the plan would', async (_what, changed, pointer, words) => {
    const bench = new Bench();

    const added = await bench.add('1', changed);

    expect(added).toMatchObject({ ok: false, failure: { code: 'invalid-request', errors: [{ pointer }] } });
    expect(added).toHaveProperty('failure.errors[0].detail', expect.stringMatching(words));
    expect(bench.sent).toEqual([]);
  });
});

describe('gathering contacts', () => {
  const batch = batchAt(startMs, { campaign, source: 'shop', seconds: 300 });

  it('uploads them once, with every column in every row', async () => {
    const bench = new Bench();
    await bench.add('1');
    await bench.add('2', { phone: '(415) 555-0133', columns: { 'customer id': '2', balance: '12.5' } });
    bench.nowMs = closedAtMs(batch);

    const first = await bench.gather(batch);
    const again = await bench.gather(batch);

    const upload = bench.ledger.uploads.get(uploadOfBatch(batch));
    expect(first).toEqual({ outcome: 'started', uploadId: upload?.id, contacts: 2 });
    expect(again.uploadId).toBe(upload?.id);
    expect(bench.ledger.uploads.size).toBe(1);
    expect(upload).toMatchObject({ by: 'trigger:shop', campaignId: campaign, status: 'waiting-for-file' });
    const rows = (bench.files.get(upload?.source.key ?? '') ?? '').trim().split('\n');
    expect(rows.map((row) => Object.keys(JSON.parse(row) as object).sort())).toEqual(
      rows.map(() => ['balance', 'customer id', 'opted in', 'phone']),
    );
  });

  it('waits for a batch that is not closed, leaves an empty one alone, and one that is under way', async () => {
    const bench = new Bench();
    await bench.add('1');
    bench.sent.length = 0;
    bench.nowMs = closedAtMs(batch) - 1;

    const early = await bench.gather(batch);
    bench.nowMs += 1;
    await bench.gather(batch);
    const upload = bench.ledger.uploads.get(uploadOfBatch(batch));
    if (upload) bench.ledger.uploads.set(upload.id, { ...upload, status: 'ready' });
    const late = await bench.gather(batch);
    const empty = await bench.gather({ ...batch, source: 'crm' });

    expect(bench.sent).toEqual([{ batch, delaySeconds: 1 }]);
    expect([early.outcome, late.outcome, empty.outcome]).toEqual(['too-early', 'started-before', 'empty']);
    expect(bench.ledger.uploads.size).toBe(1);
  });

  it('puts the file where whoever came first died before', async () => {
    const bench = new Bench();
    await bench.add('1');
    bench.nowMs = closedAtMs(batch);
    bench.failing = 'files';
    await expect(bench.gather(batch)).rejects.toThrow('down');
    bench.failing = undefined;

    const again = await bench.gather(batch);

    expect(again.outcome).toBe('started');
    expect([...bench.files.keys()]).toEqual([`uploads/${again.uploadId}`]);
  });

  it('never starts a second upload where a closed batch has changed', async () => {
    const bench = new Bench();
    await bench.add('1');
    bench.nowMs = closedAtMs(batch);
    await bench.gather(batch);
    bench.nowMs = startMs;
    await bench.add('2');
    bench.nowMs = closedAtMs(batch);

    await expect(bench.gather(batch)).rejects.toThrow('are not what they were');
    expect(bench.ledger.uploads.size).toBe(1);
  });
});
