import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScheduleExpressionError } from '../../../../src/shared/schedule/cron.ts';
import { nextRunMs, parseScheduleExpression } from '../../../../src/shared/schedule/expression.ts';

const runs = (expression: string, from: string, count: number, timeZone = 'UTC'): readonly string[] => {
  const schedule = parseScheduleExpression(expression);
  const anchorMs = Date.parse(from);
  const found: string[] = [];
  let afterMs = anchorMs;
  while (found.length < count) {
    const next = nextRunMs(schedule, { timeZone, afterMs, anchorMs });
    if (next === undefined) {
      break;
    }
    found.push(new Date(next).toISOString().slice(0, 16));
    afterMs = next;
  }
  return found;
};

describe('cron', () => {
  it.each<[string, readonly string[]]>([
    [
      'cron(0/15 8 ? * MON-FRI *)',
      ['2026-11-20T08:00', '2026-11-20T08:15', '2026-11-20T08:30', '2026-11-20T08:45', '2026-11-23T08:00'],
    ],
    ['cron(*/20 23 20 11 ? 2026)', ['2026-11-20T23:00', '2026-11-20T23:20', '2026-11-20T23:40']],
    ['cron(0 10 * * ? *)', ['2026-11-20T10:00', '2026-11-21T10:00', '2026-11-22T10:00']],
    ['cron(0 8 1 * ? *)', ['2026-12-01T08:00', '2027-01-01T08:00', '2027-02-01T08:00']],
    ['cron(0 8 L * ? *)', ['2026-11-30T08:00', '2026-12-31T08:00', '2027-01-31T08:00', '2027-02-28T08:00']],
    ['cron(0 8 LW * ? *)', ['2026-11-30T08:00', '2026-12-31T08:00', '2027-01-29T08:00']],
    [
      'cron(0 8 15W * ? *)',
      [
        '2026-12-15T08:00',
        '2027-01-15T08:00',
        '2027-02-15T08:00',
        '2027-03-15T08:00',
        '2027-04-15T08:00',
        '2027-05-14T08:00',
      ],
    ],
    [
      'cron(0 8 1W * ? *)',
      [
        '2026-12-01T08:00',
        '2027-01-01T08:00',
        '2027-02-01T08:00',
        '2027-03-01T08:00',
        '2027-04-01T08:00',
        '2027-05-03T08:00',
      ],
    ],
    ['cron(0 8 31W * ? *)', ['2026-12-31T08:00', '2027-01-29T08:00', '2027-03-31T08:00']],
    ['cron(0 8 ? * 2#1 *)', ['2026-12-07T08:00', '2027-01-04T08:00']],
    ['cron(0 8 ? * FRI#5 *)', ['2027-01-29T08:00', '2027-04-30T08:00']],
    ['cron(0 8 ? * 6L *)', ['2026-11-27T08:00', '2026-12-25T08:00']],
    ['cron(0 8 ? * L *)', ['2026-11-21T08:00', '2026-11-28T08:00']],
    ['cron(0 8 ? * 1,SAT *)', ['2026-11-21T08:00', '2026-11-22T08:00']],
    ['cron(0 8 29 2 ? *)', ['2028-02-29T08:00', '2032-02-29T08:00']],
    ['cron(0 8 ? jan,DEC-DEC TUE#2 2027-2028)', ['2027-01-12T08:00', '2027-12-14T08:00', '2028-01-11T08:00']],
    ['cron(0 8 30 2 ? *)', []],
    ['cron(0 8 1 1 ? 2020)', []],
  ])('%s', (expression, expected) => {
    const found = runs(expression, '2026-11-20T00:00:00Z', expected.length === 0 ? 1 : Math.max(expected.length, 2));

    expect(found.slice(0, Math.max(expected.length, 1))).toEqual(expected);
  });

  it('runs in the time zone that is given', () => {
    const found = runs('cron(0 9 * * ? *)', '2026-11-20T00:00:00Z', 2, 'America/Los_Angeles');

    expect(found).toEqual(['2026-11-20T17:00', '2026-11-21T17:00']);
  });

  it('leaves out a time that the clocks skip in spring', () => {
    const found = runs('cron(30 2 * * ? *)', '2026-03-07T00:00:00Z', 3, 'America/New_York');

    expect(found).toEqual(['2026-03-07T07:30', '2026-03-09T06:30', '2026-03-10T06:30']);
  });

  it('runs once at a time that comes twice in autumn', () => {
    const found = runs('cron(30 1 * * ? *)', '2026-10-31T00:00:00Z', 3, 'America/New_York');

    expect(found).toEqual(['2026-10-31T05:30', '2026-11-01T05:30', '2026-11-02T06:30']);
  });

  it.each([
    'cron(0 8 * * ?)',
    'cron(0 8 * * * *)',
    'cron(0 8 ? * ? *)',
    'cron(60 8 * * ? *)',
    'cron(0 24 * * ? *)',
    'cron(0 8 0 * ? *)',
    'cron(0 8 32 * ? *)',
    'cron(0 8 * 13 ? *)',
    'cron(0 8 ? * 8 *)',
    'cron(0 8 ? * MOO *)',
    'cron(0 8 * * ? 1969)',
    'cron(5-1 8 * * ? *)',
    'cron(0/0 8 * * ? *)',
    'cron(1/2/3 8 * * ? *)',
    'cron(1-2-3 8 * * ? *)',
    'cron(, 8 * * ? *)',
    'cron(0 8 L-3 * ? *)',
    'cron(0 8 ? * MON#6 *)',
    'cron()',
  ])('refuses %s', (expression) => {
    expect(() => parseScheduleExpression(expression)).toThrow(ScheduleExpressionError);
  });

  it('finds a run that matches all fields, and none earlier', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 1, max: 28 }),
        fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true }),
        (minute, hour, day, from) => {
          const afterMs = from.getTime();

          const next = nextRunMs(parseScheduleExpression(`cron(${minute} ${hour} ${day} * ? *)`), {
            timeZone: 'UTC',
            afterMs,
            anchorMs: afterMs,
          });

          const found = new Date(next ?? Number.NaN);
          expect([found.getUTCMinutes(), found.getUTCHours(), found.getUTCDate(), found.getUTCSeconds()]).toEqual([
            minute,
            hour,
            day,
            0,
          ]);
          expect(found.getTime()).toBeGreaterThan(afterMs);
          expect(found.getTime() - afterMs).toBeLessThanOrEqual(31 * 86_400_000);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('rate', () => {
  it.each<[string, readonly string[]]>([
    ['rate(1 minute)', ['2026-11-20T00:01', '2026-11-20T00:02']],
    ['rate(6 hours)', ['2026-11-20T06:00', '2026-11-20T12:00']],
    ['rate(2 days)', ['2026-11-22T00:00', '2026-11-24T00:00']],
  ])('%s counts from its anchor', (expression, expected) => {
    const found = runs(expression, '2026-11-20T00:00:00Z', 2);

    expect(found).toEqual(expected);
  });

  it('runs first at its anchor', () => {
    const next = nextRunMs(parseScheduleExpression('rate(5 minutes)'), {
      timeZone: 'UTC',
      afterMs: 999,
      anchorMs: 1000,
    });

    expect(next).toBe(1000);
  });

  it('skips what was missed', () => {
    const next = nextRunMs(parseScheduleExpression('rate(1 minute)'), {
      timeZone: 'UTC',
      afterMs: 150_000,
      anchorMs: 0,
    });

    expect(next).toBe(180_000);
  });

  it.each([
    'rate(0 minutes)',
    'rate(-1 minutes)',
    'rate(1.5 hours)',
    'rate(5 seconds)',
    'rate(5minutes)',
    'rate()',
    'rate(5 weeks)',
  ])('refuses %s', (expression) => {
    expect(() => parseScheduleExpression(expression)).toThrow(ScheduleExpressionError);
  });
});

describe('at', () => {
  it('is the local time in the time zone, once', () => {
    const found = runs('at(2026-11-23T10:00:00)', '2026-11-20T00:00:00Z', 2, 'America/Los_Angeles');

    expect(found).toEqual(['2026-11-23T18:00']);
  });

  it.each([
    'at(2026-11-23T10:00)',
    'at(2026-11-23T10:00:00Z)',
    'at(2026-02-30T10:00:00)',
    'at(2026-11-23 10:00:00)',
    'at()',
    'at(soon)',
  ])('refuses %s', (expression) => {
    expect(() => parseScheduleExpression(expression)).toThrow(ScheduleExpressionError);
  });
});

describe('other expressions', () => {
  it.each(['', 'every day', 'CRON(0 8 * * ? *)', 'cron(0 8 * * ? *) '])('are refused: %s', (expression) => {
    expect(() => parseScheduleExpression(expression)).toThrow(ScheduleExpressionError);
  });
});
