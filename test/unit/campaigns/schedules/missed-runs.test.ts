import { beforeEach, describe, expect, it } from 'vitest';
import { putSchedule } from '../../../../src/campaigns/schedules/change-schedule.ts';
import { runSchedule } from '../../../../src/campaigns/schedules/run-schedule.ts';
import { needsAttention } from '../../../../src/campaigns/schedules/tell-run.ts';
import { Crash, ScheduleWorld, hourly, minuteMs, nineMs } from './support/schedule-world.ts';

const hourMs = 60 * minuteMs;

let world: ScheduleWorld;
const statuses = () => world.history().map(({ id, status }) => [id.slice(11, 16), status]);

beforeEach(async () => {
  world = new ScheduleWorld();
  await world.create();
});

describe('planned times without a run', () => {
  it('are told in one record by the next run, with an alarm', async () => {
    await world.runAt(nineMs);

    await world.runAt(nineMs + 4 * hourMs);

    expect(statuses()).toEqual([
      ['14:00', 'empty'],
      ['17:00', 'missed'],
      ['18:00', 'empty'],
    ]);
    const missed = world.history()[1];
    expect(missed).toMatchObject({ missed: { count: 3, sinceMs: nineMs + hourMs }, isTold: true });
    expect(world.ended.map(needsAttention)).toEqual([undefined, 'missed', undefined]);
  });

  it('are told once, also when the telling broke off', async () => {
    await world.runAt(nineMs);
    const message = world.planned(nineMs + 2 * hourMs);
    for (let step = 3; step <= 8; step += 1) {
      world.crashAt = { step: world.steps + step, when: 'after' };
      world.nowMs = nineMs + 2 * hourMs + step * 6 * minuteMs;
      await runSchedule(world.deps, message).catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
    }
    world.crashAt = undefined;
    world.nowMs += 10 * minuteMs;

    await runSchedule(world.deps, message);

    expect(statuses()).toEqual([
      ['14:00', 'empty'],
      ['15:00', 'missed'],
      ['16:00', 'empty'],
    ]);
    expect(world.history().every(({ isTold }) => isTold)).toBe(true);
    expect(new Set(world.events.map(({ id }) => id)).size).toBe(3);
  });

  it('are not those whose message comes a little late or in another order', async () => {
    await world.create({ expression: 'rate(1 minute)', ifVersion: 1 });
    const first = world.nowMs;

    for (const minute of [2, 1, 4, 3]) await world.runAt(first + minute * minuteMs);

    expect(world.history().map(({ status }) => status)).toEqual(['empty', 'empty', 'empty', 'empty']);
  });

  it('before the schedule was made are nobody’s', async () => {
    await world.runAt(nineMs + hourMs);

    expect(statuses()).toEqual([
      ['14:00', 'missed'],
      ['15:00', 'empty'],
    ]);
  });

  it('are counted up to a thousand', async () => {
    await world.create({ expression: 'rate(1 minute)', ifVersion: 1 });
    const later = world.nowMs + 40 * hourMs;

    await world.runAt(later);

    expect(world.history()[0]).toMatchObject({ status: 'missed', missed: { count: 1_000 } });
    expect(world.accounted.get('spring-offers/mornings')).toBe(later - 5 * minuteMs + 5_000);
  });
});

describe('a run that broke off', () => {
  it('is waited for as long as its message may come again, and then told as failed', async () => {
    await world.create({ expression: 'rate(10 minutes)', ifVersion: 1 });
    const first = world.nowMs + 10 * minuteMs;
    world.crashAt = { step: world.steps + 5, when: 'before' };
    await expect(world.runAt(first)).rejects.toThrow(Crash);
    world.crashAt = undefined;

    const seen: (string | undefined)[] = [];
    for (let minutes = 10; minutes <= 60; minutes += 10) {
      await world.runAt(first + minutes * minuteMs);
      seen.push(world.history()[0]?.status);
    }

    expect(seen).toEqual(['running', 'running', 'running', 'running', 'failed', 'failed']);
    expect(world.history().map(({ status }) => status)).not.toContain('missed');
    expect(world.ended.map(needsAttention).filter(Boolean)).toEqual(['failed']);
  });
});

describe('a run that begins late', () => {
  it('still runs within an hour', async () => {
    world.put('a.csv');

    const outcome = await world.runAt(nineMs, 59 * minuteMs);

    expect(outcome).toBe('taken');
  });

  it('is missed after that, and leaves its files to the next one', async () => {
    world.put('a.csv');

    const outcomes = [await world.runAt(nineMs, 61 * minuteMs), await world.runAt(nineMs + 2 * hourMs)];

    expect(outcomes).toEqual(['missed', 'taken']);
    expect(statuses()).toEqual([
      ['14:00', 'missed'],
      ['15:00', 'missed'],
      ['16:00', 'taken'],
    ]);
    expect(world.history()[0]?.because).toMatch(/more than 60 minutes late/);
  });
});

describe('a pause', () => {
  it('keeps runs from starting, and what it cost is told when it ends, without an alarm', async () => {
    await world.runAt(nineMs);
    await world.enable(false);
    world.put('a.csv');
    const underWay = await world.runAt(nineMs + hourMs);
    world.nowMs = nineMs + 3 * hourMs + minuteMs;

    await world.enable(true);

    expect(underWay).toBe('missed');
    expect(world.taken()).toEqual([]);
    expect(statuses()).toEqual([
      ['14:00', 'empty'],
      ['15:00', 'missed'],
      ['17:00', 'missed'],
    ]);
    expect(world.history()[2]).toMatchObject({ because: 'The schedule was paused.', missed: { count: 2 } });
    expect(world.ended.map(needsAttention)).toEqual([undefined, undefined, undefined]);
    expect(await world.runAt(nineMs + 4 * hourMs)).toBe('taken');
    expect(world.history()).toHaveLength(4);
  });

  it('does not hide what was missed before it', async () => {
    await world.runAt(nineMs);
    world.nowMs = nineMs + 2 * hourMs + 30 * minuteMs;
    await world.enable(false);
    world.nowMs = nineMs + 3 * hourMs + 30 * minuteMs;

    await world.enable(true);

    expect(world.history().slice(1)).toMatchObject([
      { missed: { count: 2 }, because: 'Nothing started a run at this time.' },
      { missed: { count: 1 }, because: 'The schedule was paused.' },
    ]);
    expect(world.ended.map(needsAttention)).toEqual([undefined, 'missed', undefined]);
  });
});

describe('a change of the times', () => {
  it('ends the old ones: what they missed is told, and their messages do nothing', async () => {
    await world.runAt(nineMs);
    const old = world.planned(nineMs + 2 * hourMs);
    world.nowMs = nineMs + 2 * hourMs + minuteMs;

    await putSchedule(world.deps, { ...hourly, expression: 'cron(30 * * * ? *)', ifVersion: 1 });

    expect(await runSchedule(world.deps, old)).toBe('superseded');
    expect(world.history().slice(1)).toMatchObject([
      { id: '2026-11-23T15:00:00.000Z', because: 'Nothing started a run at this time.' },
      { id: '2026-11-23T16:00:00.000Z', because: 'The times of the schedule were changed before this run.' },
    ]);
    expect(await world.runAt(nineMs + 2.5 * hourMs)).toBe('empty');
    expect(world.history()).toHaveLength(4);
  });
});
