import { beforeEach, describe, expect, it } from 'vitest';
import { deleteSchedule, enableSchedule, putSchedule } from '../../../../src/campaigns/schedules/change-schedule.ts';
import { Crash, ScheduleWorld, folder, hourly, key, minuteMs, nineMs } from './support/schedule-world.ts';

const at = 'spring-offers/mornings';
const quarterly = { ...hourly, expression: 'cron(0/15 * * * ? *)' };

let world: ScheduleWorld;
beforeEach(() => {
  world = new ScheduleWorld();
});
const timerAgrees = () => {
  expect(world.timers.get(at)?.version).toBe(world.schedules.get(at)?.version);
  expect(world.schedules.has(at) ? world.timed.get(at) : undefined).toBe(world.schedules.get(at)?.version);
};

describe('putSchedule', () => {
  it('creates a schedule with its timer', async () => {
    const created = await putSchedule(world.deps, hourly);

    expect(created).toMatchObject({
      ok: true,
      value: { outcome: 'created', schedule: { version: 1 }, timedVersion: 1 },
    });
    expect(world.timers.get(at)).toEqual({ version: 1, firstMs: nineMs });
    timerAgrees();
  });

  it('replaces the version that the operator has seen', async () => {
    await world.create();

    const changed = await putSchedule(world.deps, { ...quarterly, by: 'operator:bob', ifVersion: 1 });

    expect(changed).toMatchObject({
      value: { outcome: 'changed', schedule: { version: 2, changedBy: 'operator:bob', createdAtMs: world.nowMs } },
    });
    timerAgrees();
  });

  it.each([
    ['without a version', undefined, 'version-needed'],
    ['with a version that is not the last one', 7, 'version-changed'],
  ])('does not replace a schedule %s', async (_how, ifVersion, code) => {
    await world.create();

    const refused = await putSchedule(world.deps, { ...quarterly, ifVersion });

    expect(refused).toMatchObject({ ok: false, failure: { code } });
    expect(world.schedule().timing.expression).toBe(hourly.expression);
  });

  it('lets only one of two operators win who have seen the same version', async () => {
    await world.create();

    const outcomes = await Promise.all([
      putSchedule(world.deps, { ...quarterly, ifVersion: 1 }),
      putSchedule(world.deps, { ...hourly, enabled: false, ifVersion: 1 }),
    ]);

    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(world.schedule().version).toBe(2);
    timerAgrees();
  });

  it('does not create again what the operator thinks is there', async () => {
    const refused = await putSchedule(world.deps, { ...hourly, ifVersion: 3 });

    expect(refused).toMatchObject({ failure: { code: 'version-changed' } });
    expect(world.schedules.size).toBe(0);
  });

  it('of the same contents changes nothing and needs no version, but sets the timer that a crash left out', async () => {
    world.crashAt = { step: 4, when: 'after' };
    await expect(putSchedule(world.deps, hourly)).rejects.toThrow(Crash);
    expect(world.timers.size).toBe(0);
    expect(world.schedules.size).toBe(1);

    const again = await putSchedule(world.deps, { ...hourly, by: 'operator:bob' });

    expect(again).toMatchObject({
      value: { outcome: 'unchanged', schedule: { version: 1, changedBy: 'operator:ada' } },
    });
    timerAgrees();
  });

  it.each([
    ['expression', { expression: 'cron(0 9 * * *)' }, 'expression cannot be used. cron(0 9 * * *) has 5 fields'],
    ['expression', { expression: 'cron(0 9 * * * *)' }, 'exactly one of day-of-month and day-of-week must be ?'],
    ['expression', { expression: 'cron(0 9 ? * MON#6 *)' }, '"MON#6" is not valid in the day-of-week field'],
    ['expression', { expression: 'rate(5 weeks)' }, 'write a positive number and minutes, hours or days'],
    ['expression', { expression: 'rate(400 days)' }, 'expression must run at least once a year'],
    ['expression', { expression: 'at(2026-12-24T18:00:00)' }, 'at(...) runs only once'],
    ['expression', { expression: 'cron(0 9 30 2 ? *)' }, 'expression must have a run to come'],
    ['expression', { expression: 'cron(0 9 * * ? 2025)' }, 'expression must have a run to come'],
    [
      'timeZone',
      { timeZone: 'Mars/Olympus' },
      'timeZone must be an IANA time zone such as America/New_York, got Mars/Olympus.',
    ],
    [
      'source/prefix',
      { source: { prefix: 'files/spring-offers', take: 'newest' } },
      'source.prefix must begin with files/spring-offers/, the folder of the campaign, got files/spring-offers.',
    ],
    ['source/prefix', { source: { prefix: 'files/spring-offers-2/', take: 'newest' } }, 'must begin with'],
    ['source/prefix', { source: { prefix: 'plans/', take: 'newest' } }, 'must begin with'],
  ] as const)('refuses a wrong %s in one sentence (%j)', async (field, more, sentence) => {
    const refused = await putSchedule(world.deps, { ...hourly, ...more });

    expect(refused).toMatchObject({ failure: { code: 'field-unusable', pointer: `/${field}` } });
    expect(JSON.stringify(refused).replaceAll('\\"', '"')).toContain(sentence);
    expect(world.schedules.size).toBe(0);
  });

  it('takes at most fifty schedules a campaign', async () => {
    for (let index = 0; index < 50; index += 1) await world.create({ key: { ...key, name: `s-${index}` } });

    const refused = await putSchedule(world.deps, hourly);

    expect(refused).toMatchObject({ failure: { code: 'too-many-schedules' } });
  });

  it('counts a rate from the minute in which its times were set, also when something else is changed later', async () => {
    world.nowMs += 20_000;
    await putSchedule(world.deps, { ...hourly, expression: 'rate(20 minutes)' });
    const firstMs = world.timers.get(at)?.firstMs;
    world.nowMs += 45 * minuteMs;

    await putSchedule(world.deps, {
      ...hourly,
      expression: 'rate(20 minutes)',
      source: { prefix: `${folder}daily/`, take: 'all-new' },
      ifVersion: 1,
    });

    expect(firstMs).toBe(nineMs - 10 * minuteMs);
    expect(world.timers.get(at)?.firstMs).toBe(nineMs + 30 * minuteMs);
  });

  it('leaves the timer of the last version, whoever sets it last', async () => {
    await world.create();
    world.onTimer = async () => {
      await putSchedule(world.deps, { ...hourly, enabled: false, ifVersion: 2 });
    };

    await putSchedule(world.deps, { ...quarterly, ifVersion: 1 });

    expect(world.schedule()).toMatchObject({ version: 3, enabled: false });
    timerAgrees();
  });
});

describe('enableSchedule', () => {
  it('pauses and resumes, and is content with what is so already', async () => {
    await world.create();

    const outcomes = [await world.enable(false), await world.enable(false), await world.enable(true)];

    expect(outcomes.map((outcome) => outcome.ok && outcome.value.outcome)).toEqual(['changed', 'unchanged', 'changed']);
    expect(world.schedule()).toMatchObject({ version: 3, enabled: true });
    timerAgrees();
  });

  it('keeps what another operator changes at the same time', async () => {
    await world.create();

    await Promise.all([world.enable(false), putSchedule(world.deps, { ...quarterly, ifVersion: 1 })]);

    expect(world.schedule().enabled).toBe(false);
    timerAgrees();
  });

  it('tells that there is none, or that it was changed', async () => {
    const none = await world.enable(false);
    await world.create();
    const changed = await enableSchedule(world.deps, { key, by: 'operator:ada', enabled: false, ifVersion: 2 });

    expect([none, changed]).toMatchObject([
      { failure: { code: 'not-found' } },
      { failure: { code: 'version-changed' } },
    ]);
  });
});

describe('deleteSchedule', () => {
  const command = { key, by: 'operator:ada' };

  it('takes the timer along, but not the knowledge which files were taken', async () => {
    await world.create();
    world.put('a.csv');
    await world.runAt(nineMs);

    const deleted = await deleteSchedule(world.deps, command);
    await world.create();
    const outcome = await world.runAt(nineMs + 60 * minuteMs);

    expect(deleted).toMatchObject({ ok: true });
    expect(outcome).toBe('empty');
    expect(world.taken()).toEqual(['a.csv']);
  });

  it('clears the timer that a crash left, though the schedule is gone', async () => {
    await world.create();
    world.crashAt = { step: world.steps + 2, when: 'after' };
    await expect(deleteSchedule(world.deps, command)).rejects.toThrow(Crash);
    expect(world.timers.size).toBe(1);

    const again = await deleteSchedule(world.deps, command);

    expect(again).toMatchObject({ failure: { code: 'not-found' } });
    expect(world.timers.size).toBe(0);
  });

  it('of another version than the one that was seen deletes nothing', async () => {
    await world.create();

    const refused = await deleteSchedule(world.deps, { ...command, ifVersion: 2 });

    expect(refused).toMatchObject({ failure: { code: 'version-changed' } });
    expect(world.schedules.size).toBe(1);
  });

  it('leaves no timer behind when a schedule is changed at the same time', async () => {
    await world.create();
    world.onTimer = async () => {
      await deleteSchedule(world.deps, command);
    };

    await putSchedule(world.deps, { ...quarterly, ifVersion: 1 });

    expect(world.schedules.size).toBe(0);
    expect(world.timers.size).toBe(0);
  });
});
