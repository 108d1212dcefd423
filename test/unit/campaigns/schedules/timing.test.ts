import { describe, expect, it } from 'vitest';
import { activationMs } from '../../../../src/campaigns/schedules/activation.ts';
import { nextPlanned, plannedBetween } from '../../../../src/campaigns/schedules/timing.ts';

const iso = (atMs: number | undefined) => atMs !== undefined && new Date(atMs).toISOString().slice(0, 16);
const timing = (expression: string, timeZone: string, since: string) => ({
  expression,
  timeZone,
  sinceMs: Date.parse(since),
});

describe('planned times', () => {
  it.each([
    [
      'skip the day on which the clocks skip the hour',
      timing('cron(30 2 * * ? *)', 'America/New_York', '2026-03-07T00:00:00Z'),
      ['2026-03-07T07:30', '2026-03-09T06:30'],
    ],
    [
      'come once where the clocks repeat the hour',
      timing('cron(30 1 * * ? *)', 'America/New_York', '2026-10-31T12:00:00Z'),
      ['2026-11-01T05:30', '2026-11-02T06:30'],
    ],
    [
      'keep to the local time over a change of the clocks',
      timing('cron(0 9 * * ? *)', 'Europe/Berlin', '2026-03-28T00:00:00Z'),
      ['2026-03-28T08:00', '2026-03-29T07:00'],
    ],
    [
      'of a rate are whole periods of 24 hours, whatever the clocks do',
      timing('rate(1 day)', 'Europe/Berlin', '2026-03-28T08:00:00Z'),
      ['2026-03-29T08:00', '2026-03-30T08:00'],
    ],
  ])('%s', (_what, given, expected) => {
    const found = plannedBetween(given, given.sinceMs, Number.POSITIVE_INFINITY, 2);

    expect(found.map(iso)).toEqual(expected);
  });

  it('lie after the instant from which the timing counts', () => {
    const given = timing('rate(20 minutes)', 'UTC', '2026-11-23T14:00:00Z');

    expect(iso(nextPlanned(given, 0))).toBe('2026-11-23T14:20');
    expect(iso(nextPlanned(given, Date.parse('2026-11-23T14:20:00Z')))).toBe('2026-11-23T14:40');
  });

  it('between two instants leave the first out and have the second', () => {
    const given = timing('cron(0 * * * ? *)', 'UTC', '2026-11-23T00:00:00Z');

    const found = plannedBetween(given, Date.parse('2026-11-23T03:00:00Z'), Date.parse('2026-11-23T05:00:00Z'), 10);

    expect(found.map(iso)).toEqual(['2026-11-23T04:00', '2026-11-23T05:00']);
  });

  it('of every minute of a month are found in a moment', () => {
    const given = timing('cron(* * * * ? *)', 'America/New_York', '2026-10-20T00:00:00Z');

    const startedMs = performance.now();
    const found = plannedBetween(given, Date.parse('2026-10-31T23:00:00Z'), Number.POSITIVE_INFINITY, 1_000);

    expect(found).toHaveLength(1_000);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});

describe('activation', () => {
  const now = Date.parse('2026-11-23T14:00:00Z');

  it.each([
    [{ lagMinutes: 30 }, now, '2026-11-23T14:30'],
    [{ at: '09:00' }, now, '2026-11-23T14:00'],
    [{ at: '08:59' }, now, '2026-11-24T13:59'],
    [{ at: '12:00' }, now, '2026-11-23T17:00'],
    [{ at: '02:30' }, Date.parse('2026-03-08T05:00:00Z'), '2026-03-08T07:30'],
    [{ at: '01:30' }, Date.parse('2026-11-01T04:00:00Z'), '2026-11-01T05:30'],
  ])('%j', (activation, nowMs, expected) => {
    expect(iso(activationMs(activation, 'America/New_York', nowMs))).toBe(expected);
  });
});
