import { describe, expect, it } from 'vitest';
import { windowOf } from '../../../src/calls/window.ts';
import { startMs } from './bench.ts';

const iso = (wish: Parameters<typeof windowOf>[0], zone: string): unknown => {
  const window = windowOf(wish, zone, startMs);
  if (!window.ok) return window.failure.detail;
  return [window.value.fromMs, window.value.toMs].map((ms) => new Date(ms).toISOString());
};

describe('windowOf', () => {
  it('reads the slot in the zone of the person', () => {
    expect(iso({ date: '2026-11-24', from: '10:00', to: '11:00' }, 'America/Los_Angeles')).toEqual([
      '2026-11-24T18:00:00.000Z',
      '2026-11-24T19:00:00.000Z',
    ]);
  });

  it('takes a slot that has begun and is not over', () => {
    expect(iso({ date: '2026-11-23', from: '09:30', to: '10:30' }, 'America/Los_Angeles')).toEqual([
      '2026-11-23T17:30:00.000Z',
      '2026-11-23T18:30:00.000Z',
    ]);
  });

  it.each([
    [{ date: '2026-11-23', from: '09:00', to: '10:00' }, 'when must not be over yet'],
    [{ date: '2026-12-25', from: '09:00', to: '10:00' }, 'when.date must be at most 31 days ahead'],
  ])('refuses %j in one sentence', (wish, words) => {
    expect(iso(wish, 'America/Los_Angeles')).toContain(words);
  });

  it('refuses a slot that the change of the clocks leaves empty', () => {
    const springMs = Date.UTC(2027, 2, 13, 12);

    const window = windowOf({ date: '2027-03-14', from: '02:30', to: '03:30' }, 'America/New_York', springMs);

    expect(window).toMatchObject({ ok: false, failure: { detail: expect.stringContaining('the clocks change then') } });
  });
});
