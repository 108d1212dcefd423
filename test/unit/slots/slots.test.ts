import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { SlotsSchema } from '../../../events/slots/schema.ts';
import { windowOf } from '../../../src/calls/window.ts';
import { createDecide } from '../../../src/policy/create-decide.ts';
import type { LineHours } from '../../../src/policy/types.ts';
import { type SlotLine, bookableSlots, isBookable, slotKey } from '../../../src/slots/bookable.ts';
import { type ListSlotsDeps, listSlots } from '../../../src/slots/list-slots.ts';
import { localSlot } from '../../../src/slots/local-slot.ts';
import { slotGrid } from '../../../src/slots/slot-grid.ts';

const ms = (text: string): number => Date.parse(text);
const iso = (slots: readonly { fromMs: number; toMs: number }[]) =>
  slots.map(
    ({ fromMs, toMs }) =>
      `${new Date(fromMs).toISOString().slice(5, 16)}-${new Date(toMs).toISOString().slice(11, 16)}`,
  );
const hours = (weekdays: LineHours['weekdays'], timeZone = 'America/New_York', holidays: string[] = []): LineHours => ({
  timeZone,
  weekdays,
  holidays,
});
const monday = { fromMs: ms('2026-11-23T00:00:00-05:00'), toMs: ms('2026-11-24T00:00:00-05:00') };

describe('slotGrid', () => {
  it('cuts each opening window from its start and leaves what is too short', () => {
    const line = {
      hours: hours({
        mon: [
          ['09:00', '10:15'],
          ['13:00', '13:30'],
        ],
      }),
      slotMinutes: 30,
    };
    expect(iso(slotGrid(line, monday))).toEqual(['11-23T14:00-14:30', '11-23T14:30-15:00', '11-23T18:00-18:30']);
  });

  it('has no slots on a weekday without hours and on a holiday', () => {
    const open = { sun: [['09:00', '10:00']], mon: [['09:00', '10:00']] } as const;
    const line = { hours: hours(open, 'America/New_York', ['2026-11-23']), slotMinutes: 60 };
    expect(slotGrid(line, monday)).toEqual([]);
    expect(slotGrid({ ...line, hours: hours({ tue: [['09:00', '10:00']] }) }, monday)).toEqual([]);
  });

  it('opens by the clock of the line before and after a clock change', () => {
    const line = { hours: hours({ sat: [['09:00', '10:00']], sun: [['09:00', '10:00']] }), slotMinutes: 60 };
    const span = { fromMs: ms('2026-10-31T00:00:00-04:00'), toMs: ms('2026-11-02T00:00:00-05:00') };
    expect(iso(slotGrid(line, span))).toEqual(['10-31T13:00-14:00', '11-01T14:00-15:00']);
  });

  it.each([
    ['skipped', '2026-03-08', ['03-08T06:00-07:00', '03-08T07:00-08:00']],
    ['repeated', '2026-11-01', ['11-01T05:00-06:00', '11-01T06:00-07:00', '11-01T07:00-08:00', '11-01T08:00-09:00']],
  ])('keeps its length when an hour is %s', (_name, date, expected) => {
    const line = { hours: hours({ sun: [['01:00', '04:00']] }), slotMinutes: 60 };
    const span = { fromMs: ms(`${date}T00:00:00Z`), toMs: ms(`${date}T24:00:00Z`) };
    expect(iso(slotGrid(line, span))).toEqual(expected);
  });

  it.each(['Pacific/Kiritimati', 'Pacific/Niue', 'Asia/Kathmandu'])(
    'misses no day at the edge of the calendar, in %s',
    (zone) => {
      const everyDay = Object.fromEntries(
        ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [['00:00', '24:00']]]),
      );
      const line = { hours: hours(everyDay, zone), slotMinutes: 60 };
      const span = { fromMs: ms('2026-06-01T00:00:00Z'), toMs: ms('2026-06-08T00:00:00Z') };
      expect(slotGrid(line, span)).toHaveLength(168);
    },
  );

  it('gives slots that are in order, do not overlap and lie within the hours', () => {
    const zones = ['America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kolkata', 'America/Santiago'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: ms('2026-01-01T00:00:00Z'), max: ms('2027-12-31T00:00:00Z') }),
        fc.constantFrom(15, 30, 45, 60, 90),
        (zone, fromMs, slotMinutes) => {
          const line = { hours: hours({ sun: [['00:00', '05:00']], wed: [['08:30', '17:10']] }, zone), slotMinutes };
          const slots = slotGrid(line, { fromMs, toMs: fromMs + 14 * 86_400_000 });
          const clock = new Intl.DateTimeFormat('en-GB', {
            timeZone: zone,
            weekday: 'short',
            hour: '2-digit',
            minute: '2-digit',
          });
          return slots.every((slot, index) => {
            const previous = slots[index - 1];
            const [weekday = '', time = ''] = clock.format(slot.fromMs).split(' ');
            const isOpen = weekday === 'Sun' ? time < '05:00' : weekday === 'Wed' && time >= '08:30' && time < '17:10';
            return (
              isOpen && slot.toMs - slot.fromMs === slotMinutes * 60_000 && (!previous || previous.toMs <= slot.fromMs)
            );
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});

const line: SlotLine = {
  hours: hours({ mon: [['09:00', '12:00']], tue: [['06:00', '08:00']] }),
  slots: { minutes: 60, capacity: 2, daysAhead: 2, leadMinutes: 30 },
};

describe('bookableSlots', () => {
  it('leaves out what begins too soon', () => {
    const nowMs = ms('2026-11-23T09:31:00-05:00');
    expect(iso(bookableSlots(line, monday, nowMs))).toEqual(['11-23T16:00-17:00']);
  });

  it('leaves out what is too far ahead', () => {
    expect(bookableSlots(line, monday, ms('2026-11-21T08:00:00-05:00'))).toEqual([]);
  });

  it('tells whether a window is one of them', () => {
    const nowMs = ms('2026-11-23T08:00:00-05:00');
    const [slot] = bookableSlots(line, monday, nowMs);
    if (!slot) throw new Error('There is no slot.');
    expect(isBookable(line, slot, nowMs)).toBe(true);
    expect(isBookable(line, { ...slot, toMs: slot.toMs + 60_000 }, nowMs)).toBe(false);
    expect(isBookable(line, { fromMs: slot.fromMs + 60_000, toMs: slot.toMs + 60_000 }, nowMs)).toBe(false);
    expect(isBookable(line, slot, slot.fromMs)).toBe(false);
  });
});

describe('localSlot', () => {
  it('shows the clock of the person', () => {
    const slot = { fromMs: ms('2026-11-23T14:00:00Z'), toMs: ms('2026-11-23T15:00:00Z') };
    expect(localSlot(slot, 'Asia/Kolkata')).toEqual({ date: '2026-11-23', from: '19:30', to: '20:30' });
  });

  it('shows nothing that crosses midnight there', () => {
    const slot = { fromMs: ms('2026-11-23T23:30:00Z'), toMs: ms('2026-11-24T00:30:00Z') };
    expect(localSlot(slot, 'UTC')).toBeUndefined();
  });

  it('shows the first of two equal hours only', () => {
    const [first, second] = [5, 6].map((hour) => ({
      fromMs: ms(`2026-11-01T0${hour}:00:00Z`),
      toMs: ms(`2026-11-01T0${hour}:30:00Z`),
    }));
    if (!first || !second) throw new Error('There are two.');
    expect(localSlot(first, 'America/New_York')).toEqual({ date: '2026-11-01', from: '01:00', to: '01:30' });
    expect(localSlot(second, 'America/New_York')).toBeUndefined();
  });

  it('shows only what comes back as the same instants', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'America/Santiago'),
        fc.integer({ min: ms('2026-01-01T00:00:00Z') / 900_000, max: ms('2027-12-31T00:00:00Z') / 900_000 }),
        (zone, quarter) => {
          const slot = { fromMs: quarter * 900_000, toMs: quarter * 900_000 + 1_800_000 };
          const shown = localSlot(slot, zone);
          const back = shown && windowOf(shown, zone, slot.fromMs);
          return !back || (back.ok && back.value.fromMs === slot.fromMs && back.value.toMs === slot.toMs);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('listSlots', () => {
  const nowMs = ms('2026-11-22T18:00:00-05:00');
  const deps = (taken: ReadonlyMap<number, number> = new Map()): ListSlotsDeps => ({
    lines: { billing: line },
    counts: { read: () => Promise.resolve(taken) },
    decide: createDecide(),
    clock: { nowMs: () => nowMs, sleep: () => Promise.resolve() },
  });
  const list = async (timeZone: string, more: { from?: string; days?: number; deps?: ListSlotsDeps } = {}) => {
    const listed = await listSlots(more.deps ?? deps(), {
      line: 'billing',
      days: more.days ?? 7,
      timeZone,
      from: more.from,
    });
    if (!listed.ok) throw new Error(listed.failure.code);
    return listed.value;
  };

  it('answers by its contract', async () => {
    expect(z.safeParse(SlotsSchema, await list('America/New_York')).success).toBe(true);
  });

  it('lists what is free in the zone of the person', async () => {
    expect((await list('America/Chicago')).slots).toEqual([
      { date: '2026-11-23', from: '08:00', to: '09:00' },
      { date: '2026-11-23', from: '09:00', to: '10:00' },
      { date: '2026-11-23', from: '10:00', to: '11:00' },
    ]);
  });

  it('leaves out hours in which calls where the person is are not lawful', async () => {
    const { slots } = await list('America/Los_Angeles');
    expect(slots).toEqual([{ date: '2026-11-23', from: '08:00', to: '09:00' }]);
  });

  it('leaves out a slot that is full, and keeps one with room', async () => {
    const full = ms('2026-11-23T10:00:00-05:00');
    const taken = new Map([
      [full, 2],
      [full + 3_600_000, 1],
    ]);
    const { slots } = await list('America/New_York', { deps: deps(taken) });
    expect(slots.map(({ from }) => from)).toEqual(['09:00', '11:00']);
  });

  it('begins at the day that is asked for and ends after the days', async () => {
    expect((await list('America/New_York', { from: '2026-11-24' })).slots).toEqual([]);
    expect((await list('America/New_York', { from: '2026-11-23', days: 1 })).slots).toHaveLength(3);
  });

  it('does not know a line without slots', async () => {
    const listed = await listSlots(deps(), { line: 'toString', days: 1, timeZone: 'UTC' });
    expect(listed).toEqual({ ok: false, failure: { code: 'not-found' } });
  });
});

describe('slotKey', () => {
  it('names the same slot for people in different zones', () => {
    expect(slotKey('billing', ms('2026-11-23T09:00:00-05:00'))).toBe(
      slotKey('billing', ms('2026-11-23T06:00:00-08:00')),
    );
  });
});
