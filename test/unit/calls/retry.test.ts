import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryAtMs } from '../../../src/calls/retry.ts';
import { hourMs, minuteMs, sampleCall, startMs } from './bench.ts';

const rule = { by: 'ringback', attemptsMax: 3, spacingMinutes: 120, spreadOverDayParts: false } as const;
const inNewYork = { customer: { timeZone: 'America/New_York' } };
/** 10:00 in New York on a Tuesday. */
const morningMs = Date.UTC(2026, 10, 24, 15);

describe('retryAtMs', () => {
  it('waits for the spacing of the line', () => {
    expect(retryAtMs({ retry: rule }, sampleCall({ placedCount: 1 }), startMs)).toBe(startMs + 2 * hourMs);
  });

  it('does not repeat after the last attempt, nor where Webex redials', () => {
    expect(retryAtMs({ retry: rule }, sampleCall({ placedCount: 3 }), startMs)).toBeUndefined();
    expect(retryAtMs({ retry: { ...rule, by: 'webex' } }, sampleCall({ placedCount: 1 }), startMs)).toBeUndefined();
  });

  it('does not repeat where the time of the call is over by then', () => {
    const call = sampleCall({ placedCount: 1, expiresAtMs: startMs + 2 * hourMs });

    expect(retryAtMs({ retry: rule }, call, startMs)).toBeUndefined();
  });

  it('moves to the afternoon after a morning without an answer', () => {
    const call = sampleCall({ placedCount: 1, ...inNewYork });

    const againMs = retryAtMs({ retry: { ...rule, spacingMinutes: 30, spreadOverDayParts: true } }, call, morningMs);

    expect(new Date(againMs ?? 0).toISOString()).toBe('2026-11-24T17:00:00.000Z');
  });

  it('moves to the next morning after an evening without an answer', () => {
    const call = sampleCall({ placedCount: 1, expiresAtMs: startMs + 200 * hourMs, ...inNewYork });

    const againMs = retryAtMs({ retry: { ...rule, spreadOverDayParts: true } }, call, morningMs + 10 * hourMs);

    expect(new Date(againMs ?? 0).toISOString()).toBe('2026-11-25T13:00:00.000Z');
  });

  describe('where no browser told a zone', () => {
    const hours = { timeZone: 'America/Chicago', weekdays: {}, holidays: [] };
    const again = (number: string, nowMs: number, line: Partial<Parameters<typeof retryAtMs>[0]> = {}) => {
      const call = sampleCall({ placedCount: 1, number, expiresAtMs: nowMs + 72 * hourMs });
      const againMs = retryAtMs({ retry: { ...rule, spreadOverDayParts: true }, ...line }, call, nowMs);
      return new Date(againMs ?? 0).toISOString();
    };
    /** 13:00 in Los Angeles, 15:00 in Chicago, 21:00 by UTC. */
    const afternoonMs = Date.UTC(2026, 10, 24, 21);

    it('goes by the zone of the number', () => {
      expect(again('+12135550132', afternoonMs, { hours })).toBe('2026-11-25T01:00:00.000Z');
    });

    it('goes by the zone of the line where the number may ring in several', () => {
      expect(again('+18505550132', afternoonMs, { hours })).toBe('2026-11-24T23:00:00.000Z');
    });

    it('goes by UTC where the line has no hours either', () => {
      expect(again('+18505550132', afternoonMs)).toBe('2026-11-25T08:00:00.000Z');
    });
  });

  it('takes the plain spacing where the other part of the day comes too late', () => {
    const call = sampleCall({ placedCount: 1, expiresAtMs: morningMs + hourMs, ...inNewYork });

    const againMs = retryAtMs({ retry: { ...rule, spacingMinutes: 30, spreadOverDayParts: true } }, call, morningMs);

    expect(againMs).toBe(morningMs + 30 * minuteMs);
  });

  it('never comes earlier than the spacing, nor at or after the end of the call', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400 * 24 * 60 }),
        fc.integer({ min: 1, max: 10_080 }),
        fc.integer({ min: 1, max: 744 }),
        fc.boolean(),
        fc.constantFrom('America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kolkata'),
        (afterMinutes, spacingMinutes, lifeHours, spreadOverDayParts, timeZone) => {
          const nowMs = startMs + afterMinutes * minuteMs;
          const call = sampleCall({ placedCount: 1, expiresAtMs: nowMs + lifeHours * hourMs, customer: { timeZone } });

          const againMs = retryAtMs({ retry: { ...rule, spacingMinutes, spreadOverDayParts } }, call, nowMs);

          if (againMs === undefined) expect(spacingMinutes * minuteMs).toBeGreaterThanOrEqual(lifeHours * hourMs);
          else {
            expect(againMs).toBeGreaterThanOrEqual(nowMs + spacingMinutes * minuteMs);
            expect(againMs).toBeLessThan(call.expiresAtMs);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
