import { describe, expect, it } from 'vitest';
import { countsKey, numbersKey } from '../../../../src/campaigns/split/keys.ts';
import type { PlanPart } from '../../../../events/plan-part/schema.ts';
import { noLists, nowMs, plan, registryOf, table } from '../support/planning.ts';
import { type SplitWorld, splitWorld } from '../support/splitting.ts';

const header = 'phone,name,balance,zone,id\n';
const row = (line: number, id: string): string => `+1415555${String(1_000 + line)},Ada ${id},1,,${id}\n`;
const rows = (count: number): string => Array.from({ length: count }, (_, at) => row(at % 70, String(at))).join('');
const file = header + rows(200);
const rangeBytes = 1_000;

async function withoutJoin(world: SplitWorld): Promise<void> {
  await world.step({ step: 'cut' });
  for (const item of world.ranges()) await world.step({ step: 'numbers', item } as PlanPart);
  for (const shard of [0, 1, 2, 3]) await world.step({ step: 'repeats', item: { shard } } as PlanPart);
  for (const item of world.ranges()) await world.step({ step: 'range', item } as PlanPart);
}

describe('planPart', () => {
  it('finds numbers that stand in ranges far apart; the first row has them', async () => {
    const world = await splitWorld(file, { rangeBytes });

    expect(await world.run()).toBe('planned');

    expect(world.ranges().length).toBeGreaterThan(5);
    expect(world.record()).toMatchObject({
      status: 'ready',
      source: { etag: '"e"' },
      plan: { rows: 200, accepted: 70, rejected: { 'duplicate-in-file': 130 }, chunks: 7, blocks: [7] },
    });
    expect(world.report().split('\r\n')[1]).toMatch(/^72,phone,/);
    expect(world.pushed).toEqual([world.id]);
  });

  it('writes block by block the very bytes of the plan in one pass', async () => {
    const large = header + Array.from({ length: 12_000 }, (_, at) => `+1${4_155_550_000 + at},Ada,1,,${at}\n`).join('');
    const whole: string[] = [];

    const world = await splitWorld(large, { rangeBytes: 50_000 });
    await world.run();
    const sink = {
      writeBlock: async (block: number, lines: Uint8Array) => void (whole[block] = Buffer.from(lines).toString()),
      report: async () => undefined,
    };
    await plan(large, {}, { sink });

    expect(world.blocks).toEqual(whole);
    expect(whole.length).toBeGreaterThan(1);
  });

  it('writes the same objects when a step runs again, and the plan once', async () => {
    const world = await splitWorld(file, { rangeBytes });
    await withoutJoin(world);
    const before = new Map(world.objects.all);

    await withoutJoin(world);
    const outcomes = [await world.step({ step: 'join' }), await world.step({ step: 'join' })];

    for (const [key, bytes] of before) expect(world.objects.all.get(key)?.equals(bytes)).toBe(true);
    expect(outcomes).toEqual(['planned', 'not-wanted']);
    expect(world.record().plan?.accepted).toBe(70);
  });

  it('does nothing more for an upload that was cancelled', async () => {
    const world = await splitWorld(file, { rangeBytes });
    await world.step({ step: 'cut' });
    const upload = world.record();
    world.ledger.uploads.set(world.id, { ...upload, status: 'cancelled', version: upload.version + 1 });

    const outcome = await world.step({ step: 'numbers', item: world.ranges()[0] } as PlanPart);

    expect(outcome).toBe('not-wanted');
    expect(world.objects.all.has(numbersKey(world.id, 0, 0))).toBe(false);
    expect(await world.step({ step: 'join' })).toBe('not-wanted');
  });

  it('leaves the record alone that is cancelled while its ranges are joined', async () => {
    const world = await splitWorld(file, { rangeBytes });
    await withoutJoin(world);
    const find = world.ledger.find.bind(world.ledger);
    world.ledger.find = async (id) => {
      const found = await find(id);
      if (found) world.ledger.uploads.set(id, { ...found, status: 'cancelled', version: found.version + 1 });
      return found;
    };

    expect(await world.step({ step: 'join' })).toBe('not-wanted');
    expect(world.record()).toMatchObject({ status: 'cancelled' });
    expect(world.pushed).toEqual([]);
  });

  it('writes its plan though a repeated message took the record meanwhile and let it go', async () => {
    const world = await splitWorld(file, { rangeBytes });
    await withoutJoin(world);
    const readPieces = world.objects.readPieces.bind(world.objects);
    world.objects.readPieces = (key) => {
      const upload = world.record();
      world.ledger.uploads.set(world.id, { ...upload, version: upload.version + 1 });
      return readPieces(key);
    };

    expect(await world.step({ step: 'join' })).toBe('planned');
    expect(world.record()).toMatchObject({ status: 'ready', plan: { accepted: 70 } });
    expect(world.pushed).toEqual([world.id]);
  });

  it('tells how far it came by the parts that are done, however often they are', async () => {
    const world = await splitWorld(file, { rangeBytes });

    await withoutJoin(world);
    await withoutJoin(world);

    const parts = 2 * world.ranges().length + 4;
    expect(world.ledger.notes.at(-1)).toMatchObject({ rows: 200, parts });
    expect(world.record().partsPlanned?.size).toBe(parts);
    await world.step({ step: 'join' });
    expect(world.record().partsPlanned).toBeUndefined();
  });

  it('refuses a file that cannot be taken, and one whose time is over', async () => {
    const without = await splitWorld(`number;who\n${'1;2\n'.repeat(9)}`, { rangeBytes });
    const late = await splitWorld(file, { rangeBytes }, { clock: { nowMs: () => nowMs + 890_000 } });

    expect([await without.run(), await late.run()]).toEqual(['refused', 'refused']);
    expect(without.record().because).toMatch(/column "phone"/);
    expect(late.record().because).toMatch(/takes longer/);
  });

  it('refuses a file that was replaced while its ranges were read', async () => {
    const world = await splitWorld(file, { rangeBytes });
    await world.step({ step: 'cut' });
    Object.assign(world.deps.files, { open: async () => undefined });

    expect(await world.step({ step: 'numbers', item: world.ranges()[0] } as PlanPart)).toBe('refused');
    expect(world.record().because).toMatch(/replaced/);
  });

  it('refuses to weigh ranges by rules that others were not weighed by', async () => {
    const world = await splitWorld(file, { rangeBytes });
    await world.step({ step: 'cut' });
    Object.assign(world.deps, { table: { ...table, version: 'other' } });

    expect(await world.step({ step: 'range', item: world.ranges()[0] } as PlanPart)).toBe('refused');
    expect(world.record().because).toMatch(/rules changed/);
  });

  it('gives up in words that tell what to do', async () => {
    const world = await splitWorld(file, { rangeBytes });

    expect(await world.step({ step: 'give-up' })).toBe('refused');
    expect(world.record()).toMatchObject({ status: 'refused', because: expect.stringMatching(/start a new upload/) });
  });

  it('asks the lists about each number once, as of the instant that the manifest fixes', async () => {
    const asked: string[] = [];
    const instants: number[] = [];
    const internal = async (numbers: readonly string[]) => {
      asked.push(...numbers);
      return new Set(['+14155551003']);
    };
    const world = await splitWorld(
      file,
      { rangeBytes },
      {
        listsOf: (_upload, atMs) => {
          instants.push(atMs);
          return { ...noLists, internal };
        },
      },
    );

    await world.run();

    expect(asked).toHaveLength(70);
    expect(new Set(instants)).toEqual(new Set([nowMs]));
    expect(world.record().plan?.rejected).toEqual({ 'duplicate-in-file': 130, 'listed-internal': 1 });
  });

  it('ends the list when the oldest copy of a registry that a range needed is too old', async () => {
    const dayMs = 86_400_000;
    const copiesMs = [3, 20, 7].map((days) => nowMs - days * dayMs);
    const listsOf = () => ({ ...noLists, registries: registryOf([], copiesMs.pop() ?? nowMs - dayMs) });
    const distinct = header + Array.from({ length: 200 }, (_, at) => row(at, String(at))).join('');
    const world = await splitWorld(distinct, { rangeBytes, basis: undefined }, { listsOf });
    const consented = await splitWorld(distinct, { rangeBytes }, { listsOf });

    await world.run();
    await consented.run();

    expect(world.record()).toMatchObject({ toMs: nowMs + 11 * dayMs, plan: { toMs: nowMs + 11 * dayMs } });
    expect(consented.record().toMs).toBe(nowMs + 31 * dayMs);
  });

  it('calls a pusher again where the one who joined the ranges died before it could', async () => {
    const world = await splitWorld(file, { rangeBytes });
    await withoutJoin(world);
    const { pushes } = world.deps;
    Object.assign(world.deps, { pushes: { send: () => Promise.reject(new Error('The queue is away.')) } });
    await expect(world.step({ step: 'join' })).rejects.toThrow('The queue is away.');
    Object.assign(world.deps, { pushes });

    expect(await world.step({ step: 'join' })).toBe('not-wanted');
    expect(world.record().status).toBe('ready');
    expect(world.pushed).toEqual([world.id]);
  });

  it('calls no pusher for an upload that waits for somebody to confirm its columns', async () => {
    const world = await splitWorld(file, { rangeBytes, mapping: undefined });
    await withoutJoin(world);

    await world.step({ step: 'join' });
    await world.step({ step: 'join' });

    expect(world.record().status).toBe('unconfirmed');
    expect(world.pushed).toEqual([]);
  });

  it('throws where a range is missing, so that the state machine tries again', async () => {
    const world = await splitWorld(file, { rangeBytes });
    await withoutJoin(world);
    world.objects.all.delete(countsKey(world.id, 1));

    await expect(world.step({ step: 'join' })).rejects.toThrow(/There is no/);
    expect(world.record().status).toBe('planning');
  });
});
