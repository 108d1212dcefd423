import { describe, expect, it } from 'vitest';
import { PlanBusyError, type PlanFileDeps, planFile } from '../../../src/campaigns/plan-file.ts';
import { awaitFile } from '../../../src/campaigns/start-upload.ts';
import { UploadSettingsSchema } from '../../../src/campaigns/upload-settings.ts';
import type { Upload } from '../../../src/campaigns/upload.ts';
import { MemoryLedger, noMappings } from './support/memory-ledger.ts';
import { mapping, noLists, nowMs, table } from './support/planning.ts';

const good = 'phone,name,balance,zone,id\n+14155550132,Ada,1,,A\n+14155550133,Bob,2,,B\nnone,Eve,3,,C\n';

async function setUp(contents: string | undefined, change: Partial<Upload> = {}, campaign: object = { mapping }) {
  const ledger = new MemoryLedger();
  const clock = { at: nowMs, nowMs: () => clock.at };
  const settings = {
    uploads: UploadSettingsSchema.parse({
      campaigns: { spring: { basis: { type: 'consent', since: '2026-10-01' }, ...campaign } },
    }),
    countries: ['US'],
  };
  const started = await awaitFile({ ledger, clock, settings }, { campaignId: 'spring', by: 'operator:eve' });
  if (!started.ok) throw new Error('It was not started.');
  const { id } = started.value;
  ledger.uploads.set(id, { ...started.value, ...change });
  const written: string[] = [];
  const ends: string[] = [];
  const pushed: string[] = [];
  const split: string[] = [];
  const chunks = async function* () {
    yield Buffer.from(contents ?? '');
  };
  const deps: PlanFileDeps = {
    ledger,
    files: {
      open: async () => (contents === undefined ? undefined : { chunks: chunks(), sizeBytes: 100, etag: '"e"' }),
    },
    targetOf: () => ({
      writeBlock: async (_block, lines) => void written.push(Buffer.from(lines).toString()),
      report: async () => undefined,
      finish: async () => void ends.push('finished'),
      abandon: async () => void ends.push('abandoned'),
    }),
    listsOf: () => noLists,
    mappings: noMappings,
    readBans: async () => [],
    table,
    pushes: { send: async (upload) => void pushed.push(upload) },
    splits: { start: async (upload) => void split.push(upload) },
    clock,
    settings,
    owner: 'one',
  };
  const record = (): Upload => ledger.uploads.get(id) as Upload;
  return { deps, id, ledger, clock, written, ends, pushed, split, record };
}

const deadlineMs = nowMs + 900_000;

describe('planFile', () => {
  it('writes the plan into the record and calls a pusher', async () => {
    const { deps, id, written, ends, pushed, record } = await setUp(good);

    const outcome = await planFile(deps, id, deadlineMs);

    expect(outcome).toBe('planned');
    expect(record()).toMatchObject({
      status: 'ready',
      fields: ['Phone', 'Name', 'Balance'],
      blocks: [1],
      source: { etag: '"e"' },
      plan: { rows: 3, accepted: 2, rejected: { 'number-not-understood': 1 }, numberColumn: 'phone', guessed: false },
    });
    expect(record().lease).toBeUndefined();
    expect(record().toMs).toBe(record().plan?.toMs);
    expect([written.length, ends, pushed]).toEqual([1, ['finished'], [id]]);
  });

  it('has a file planned in parts that is larger than one pass may take, and lets its record go', async () => {
    const { deps, id, pushed, split, record } = await setUp(good);
    const uploads = { ...deps.settings.uploads, split: { ...deps.settings.uploads.split, beyondBytes: 99 } };

    const outcome = await planFile({ ...deps, settings: { ...deps.settings, uploads } }, id, deadlineMs);

    expect([outcome, split, pushed]).toEqual(['split', [id], []]);
    expect(record()).toMatchObject({ status: 'planning', source: { etag: '"e"' } });
    expect(record().lease).toBeUndefined();
  });

  it('waits for a person where the columns are guessed, and goes by what one confirmed before', async () => {
    const guessing = await setUp(good, {}, {});
    const knowing = await setUp(good, {}, {});

    await planFile(guessing.deps, guessing.id, deadlineMs);
    const confirmed = {
      number: 'phone',
      fields: { Phone: { column: 'phone', type: 'Phone', required: true } },
    } as const;
    await planFile({ ...knowing.deps, mappings: { find: async () => confirmed } }, knowing.id, deadlineMs);

    expect(guessing.record()).toMatchObject({ status: 'unconfirmed', plan: { guessed: true } });
    expect(guessing.pushed).toEqual([]);
    expect(knowing.record()).toMatchObject({ status: 'ready', fields: ['Phone'] });
  });

  it('goes by the mapping and the activation of the request before the campaign’s own', async () => {
    const wish = { number: 'phone', fields: { Handy: { column: 'phone', type: 'Phone', required: true } } } as const;
    const { deps, id, record } = await setUp(good, { mapping: wish, activationLagMinutes: 60 });

    await planFile(deps, id, deadlineMs);

    expect(record()).toMatchObject({ status: 'ready', fields: ['Handy'], settings: { activationLagMinutes: 60 } });
    expect(record().plan?.fromMs).toBe(nowMs + 3_600_000);
  });

  it.each([
    ['an empty file', '', /empty/],
    ['a file that is gone', undefined, /not there/],
  ])('refuses %s with a sentence', async (_what, contents, sentence) => {
    const { deps, id, pushed, record } = await setUp(contents);

    expect(await planFile(deps, id, deadlineMs)).toBe('refused');
    expect(record()).toMatchObject({ status: 'refused', because: expect.stringMatching(sentence) });
    expect(pushed).toEqual([]);
  });

  it('is finished at once where no row is accepted', async () => {
    const { deps, id, pushed, record } = await setUp('phone,name,balance,zone,id\nnone,Eve,3,,C\n');

    await planFile(deps, id, deadlineMs);

    expect(record().status).toBe('finished');
    expect(pushed).toEqual([]);
  });

  it('plans once: a repeat calls the pusher again and changes nothing', async () => {
    const { deps, id, written, pushed, record } = await setUp(good);
    await planFile(deps, id, deadlineMs);
    const { version } = record();

    const again = await planFile(deps, id, deadlineMs);

    expect(again).toBe('not-wanted');
    expect([written.length, pushed, record().version]).toEqual([1, [id, id], version]);
  });

  it('keeps off an upload that another planner works on, and takes it over when that one’s time is over', async () => {
    const lease = { owner: 'other', untilMs: nowMs + 1_000 };
    const { deps, id, clock } = await setUp(good, { status: 'planning', lease });

    await expect(planFile(deps, id, deadlineMs)).rejects.toBeInstanceOf(PlanBusyError);
    clock.at += 1_000;

    expect(await planFile(deps, id, deadlineMs)).toBe('planned');
  });

  it('leaves a cancelled upload cancelled, also where that came while it was planned', async () => {
    const { deps, id, ledger, pushed, record } = await setUp(good);
    const readBans = async () => {
      ledger.uploads.set(id, { ...record(), status: 'cancelled', version: record().version + 1 });
      return [];
    };

    const outcome = await planFile({ ...deps, readBans }, id, deadlineMs);

    expect(outcome).toBe('not-wanted');
    expect(record().status).toBe('cancelled');
    expect(pushed).toEqual([]);
  });

  it('refuses a file that takes longer than a plan may', async () => {
    const { deps, id, record } = await setUp(good);

    expect(await planFile(deps, id, nowMs + 10_000)).toBe('refused');
    expect(record().because).toMatch(/takes longer/);
  });

  it('leaves no report behind where a list cannot be read, and may be asked again', async () => {
    const { deps, id, ends, clock, record } = await setUp(good);
    const internal = async () => Promise.reject(new Error('The table is throttled.'));

    const failed = planFile({ ...deps, listsOf: () => ({ ...noLists, internal }) }, id, deadlineMs);

    await expect(failed).rejects.toThrow('throttled');
    expect([ends, record().status]).toEqual([['abandoned'], 'planning']);
    clock.at = deadlineMs;
    expect(await planFile(deps, id, deadlineMs + 900_000)).toBe('planned');
  });

  it('knows nothing of an upload that is not there', async () => {
    const { deps } = await setUp(good);

    expect(await planFile(deps, 'other', deadlineMs)).toBe('not-found');
  });
});
