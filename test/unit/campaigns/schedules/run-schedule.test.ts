import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { ScheduleRunEndedSchema } from '../../../../events/schedule-run-ended/schema.ts';
import { runSchedule } from '../../../../src/campaigns/schedules/run-schedule.ts';
import { needsAttention } from '../../../../src/campaigns/schedules/tell-run.ts';
import { Crash, ScheduleWorld, folder, key, minuteMs, nineMs } from './support/schedule-world.ts';

const hourMs = 60 * minuteMs;

let world: ScheduleWorld;
beforeEach(async () => {
  world = new ScheduleWorld();
  await world.create();
});

describe('a run', () => {
  it('gives each new file to an upload, the oldest first, and tells it', async () => {
    world.put('b.csv', world.nowMs - 2);
    world.put('a.csv', world.nowMs - 1);

    const outcome = await world.runAt(nineMs);

    expect(outcome).toBe('taken');
    expect(world.taken()).toEqual(['b.csv', 'a.csv']);
    expect(world.history()).toMatchObject([
      { status: 'taken', isTold: true, files: [{ uploadId: 'upload-1' }, { uploadId: 'upload-2' }] },
    ]);
    expect(world.events).toMatchObject([{ data: { schedule: 'mornings', run: { status: 'taken' } } }]);
    expect(z.safeParse(ScheduleRunEndedSchema, world.events[0]).error).toBeUndefined();
  });

  it('does nothing when the same planned time comes twice', async () => {
    world.put('a.csv');
    await world.runAt(nineMs);
    world.put('b.csv');

    const again = await world.runAt(nineMs);

    expect(again).toBe('repeated');
    expect(world.taken()).toEqual(['a.csv']);
    expect(world.events).toHaveLength(1);
  });

  it('takes a file once over all runs, and tells that there was nothing new', async () => {
    world.put('a.csv');
    await world.runAt(nineMs);

    const next = await world.runAt(nineMs + hourMs);

    expect(next).toBe('empty');
    expect(world.taken()).toEqual(['a.csv']);
    expect(world.events.map(({ data }) => data.run.status)).toEqual(['taken', 'empty']);
    expect(world.ended.map(needsAttention)).toEqual([undefined, undefined]);
  });

  it('takes other contents under the same key as a new file, and the same contents put again as the old one', async () => {
    world.put('a.csv');
    await world.runAt(nineMs);
    world.put('a.csv', nineMs + minuteMs);
    await world.runAt(nineMs + hourMs);
    world.put('a.csv', nineMs + hourMs + minuteMs, '"other"');

    const third = await world.runAt(nineMs + 2 * hourMs);

    expect(third).toBe('taken');
    expect(world.taken()).toEqual(['a.csv', 'a.csv']);
  });

  it('does not take what another schedule of the campaign has taken', async () => {
    world.put('a.csv');
    await world.runAt(nineMs);
    const evenings = { campaignId: key.campaignId, name: 'evenings' };
    await world.create({ key: evenings });

    const message = { campaign: key.campaignId, schedule: 'evenings', askedAt: '2026-11-23T14:10:00.000Z' } as const;
    const outcome = await runSchedule(world.deps, { ...message, askedBy: 'operator:ada' });

    expect(outcome).toBe('empty');
    expect(world.taken()).toEqual(['a.csv']);
  });

  it('takes only the newest file where that is wanted, and nothing while the newest is taken', async () => {
    await world.create({ source: { prefix: folder, take: 'newest' }, ifVersion: 1 });
    world.put('old.csv', nineMs - 3 * minuteMs);
    world.put('new.csv', nineMs - 2 * minuteMs);

    const outcomes = [await world.runAt(nineMs), await world.runAt(nineMs + hourMs)];

    expect(outcomes).toEqual(['taken', 'empty']);
    expect(world.taken()).toEqual(['new.csv']);
  });

  it('takes at most twenty files and leaves the others to the next run', async () => {
    for (let index = 0; index < 23; index += 1) world.put(`${index}.csv`, nineMs - hourMs + index);

    await world.runAt(nineMs);
    await world.runAt(nineMs + hourMs);

    expect(world.history()).toMatchObject([{ filesLeft: 3 }, { filesLeft: 0 }]);
    expect(world.history().map(({ files }) => files.length)).toEqual([20, 3]);
    expect(new Set(world.taken()).size).toBe(23);
  });

  it('leaves folders and files of more than 31 days alone', async () => {
    world.put('folder/');
    world.put('old.csv', nineMs - 31 * 24 * hourMs - minuteMs);

    const outcome = await world.runAt(nineMs);

    expect(outcome).toBe('empty');
  });

  it('fails where there are too many files to tell which are new', async () => {
    world.bucket = 'incomplete';

    const outcome = await world.runAt(nineMs);

    expect(outcome).toBe('failed');
    expect(world.ended.map(needsAttention)).toEqual(['failed']);
    expect(world.history()[0]?.because).toMatch(/narrow the prefix/);
  });

  it('gives the upload the mapping and the time until the contacts become callable', async () => {
    const mapping = { number: 'phone', fields: { Phone: { column: 'phone', type: 'Phone', required: true } } } as const;
    await world.create({ mapping, activation: { at: '10:30' }, ifVersion: 1 });
    world.put('a.csv');

    await world.runAt(nineMs, 0);

    expect([...world.uploads.values()][0]?.order).toMatchObject({
      campaignId: 'spring-offers',
      by: 'schedule:mornings',
      mapping,
      activationLagMinutes: 90,
      name: 'mornings 2026-11-23T14:00Z a.csv',
    });
  });

  it('that an operator asks for runs though the schedule is paused', async () => {
    await world.enable(false);
    world.put('a.csv');

    const askedAt = new Date(world.nowMs).toISOString();
    const message = { campaign: key.campaignId, schedule: key.name, askedAt, askedBy: 'operator:ada' };
    const outcome = await runSchedule(world.deps, message);

    expect(outcome).toBe('taken');
    expect(world.history()).toMatchObject([{ kind: 'asked', askedBy: 'operator:ada' }]);
  });

  it('tells where an upload was refused, and does not try the same file for ever', async () => {
    world.put('a.csv');
    const idempotencyKey = 'x';
    world.deps.uploads.start = async () => ({ ok: false, failure: { code: idempotencyKey } });

    const outcomes = [await world.runAt(nineMs), await world.runAt(nineMs + hourMs)];

    expect(outcomes).toEqual(['failed', 'empty']);
    expect(world.history()[0]).toMatchObject({ files: [{ problem: 'The upload was refused: x.' }] });
    expect(needsAttention(world.history()[0] as never)).toBe('failed');
  });

  it('of a schedule that is gone, or whose times were changed since, does nothing', async () => {
    const message = world.planned(nineMs);
    world.put('a.csv');

    const superseded = await runSchedule(world.deps, { ...message, timingMs: 1 });
    const gone = await runSchedule(world.deps, { ...message, schedule: 'unknown' });

    expect([superseded, gone]).toEqual(['superseded', 'gone']);
    expect(world.taken()).toEqual([]);
    expect(world.runs.size).toBe(0);
  });
});

describe('a run that is disturbed', () => {
  it('keeps away while another delivery is at work', async () => {
    world.put('a.csv');
    world.crashAt = { step: world.steps + 6, when: 'after' };
    await expect(world.runAt(nineMs)).rejects.toThrow(Crash);

    await expect(world.runAt(nineMs, 60_000)).rejects.toThrow('is under way');
  });

  it('goes on with the other files when one makes trouble', async () => {
    world.put('a.csv', nineMs - 2);
    world.put('b.csv', nineMs - 1);
    world.broken.add(`${folder}a.csv`);

    await expect(world.runAt(nineMs)).rejects.toThrow('1 of 2 files');
    world.broken.clear();
    const again = await world.runAt(nineMs, 6 * minuteMs);

    expect(again).toBe('taken');
    expect(world.taken()).toEqual(['b.csv', 'a.csv']);
    expect(world.history()[0]?.files).toHaveLength(2);
  });

  it('that broke off for good is told as failed, and the next one takes its files into the same uploads', async () => {
    world.put('a.csv');
    world.deps.uploads.start = async (file, order) => {
      world.uploads.set(order.idempotencyKey ?? '', { id: 'upload-1', key: file.key, order });
      throw new Crash();
    };
    await expect(world.runAt(nineMs)).rejects.toThrow('1 of 1 files');
    const fresh = new ScheduleWorld();
    world.deps.uploads.start = async (file, order) => {
      expect(order).toEqual([...world.uploads.values()][0]?.order);
      return fresh.deps.uploads.start(file, order);
    };

    const next = await world.runAt(nineMs + hourMs);

    expect(next).toBe('taken');
    expect(world.history().map(({ status }) => status)).toEqual(['failed', 'taken']);
    expect(world.taken()).toEqual(['a.csv']);
  });

  it('ends with each file in exactly one upload, wherever crashes strike', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom('before', 'after')), { maxLength: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (crashes, files) => {
          const story = new ScheduleWorld();
          await story.create();
          for (let index = 0; index < files; index += 1) story.put(`${index}.csv`, nineMs - 10 + index);
          for (const [step, when] of crashes) {
            story.crashAt = { step: story.steps + step, when };
            await story.runAt(nineMs).catch(() => undefined);
            story.nowMs += 6 * minuteMs;
          }
          story.crashAt = undefined;

          await story.runAt(nineMs);

          expect(story.taken().toSorted()).toEqual(Array.from({ length: files }, (_, index) => `${index}.csv`));
          const [run] = story.history();
          expect(run).toMatchObject({ status: 'taken', isTold: true });
          expect(run?.files).toHaveLength(files);
          expect(new Set(story.events.map(({ id }) => id)).size).toBe(1);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('does not double what an overlapping run takes', async () => {
    for (let index = 0; index < 5; index += 1) world.put(`${index}.csv`);
    world.nowMs = nineMs + hourMs + 1_000;

    const outcomes = await Promise.all([
      runSchedule(world.deps, world.planned(nineMs + hourMs)),
      runSchedule(world.deps, world.planned(nineMs + minuteMs)),
    ]);

    expect(outcomes).toContain('taken');
    expect(world.taken().toSorted()).toEqual(['0.csv', '1.csv', '2.csv', '3.csv', '4.csv']);
    expect(world.history().flatMap(({ files }) => files)).toHaveLength(5);
  });
});
