import { describe, expect, it } from 'vitest';
import { Prng } from '../support/prng.ts';
import { EventHeap } from './engine/event-heap.ts';
import { Engine } from './engine/engine.ts';
import { Invocation, reliable } from './engine/invocation.ts';
import { localDate, localHour, localWeekday, places } from './world/zones.ts';

describe('EventHeap', () => {
  it('gives events by instant, and of one instant in the order in which they came', () => {
    const heap = new EventHeap();
    const chance = new Prng(1);
    const added = Array.from({ length: 500 }, (_, order) => ({ atMs: chance.int(0, 50), order }));
    for (const { atMs } of added) heap.push(atMs, () => undefined);

    const given = Array.from({ length: 500 }, () => heap.pop()).map((event) => ({
      atMs: event?.atMs,
      order: event?.order,
    }));

    expect(given).toEqual(added.toSorted((one, other) => one.atMs - other.atMs || one.order - other.order));
    expect(heap.pop()).toBeUndefined();
  });
});

describe('Engine', () => {
  it('lets everything that an event set in motion run before the next event', async () => {
    const engine = new Engine(0, 1);
    const seen: string[] = [];
    const later = async (): Promise<void> => {
      await engine.pause(10);
      for (let hop = 0; hop < 50; hop += 1) await Promise.resolve();
      seen.push('followed');
    };
    const story = later();
    engine.at(10, () => seen.push('next event'));

    await engine.run(1_000);
    await story;

    expect(seen).toEqual(['followed', 'next event']);
  });

  it('tells of a history that does not come to an end', async () => {
    const engine = new Engine(0, 1);
    const again = (): void => engine.after(1, again);
    again();

    await expect(engine.run(Number.POSITIVE_INFINITY)).rejects.toThrow('does not come to an end');
  });
});

describe('Invocation', () => {
  const start = (options: { diesAtRequest?: number; timeLimitMs?: number }) => {
    const engine = new Engine(0, 1);
    const invocation = new Invocation(engine, new Prng(3), {
      name: 'worker',
      timeLimitMs: options.timeLimitMs ?? 30_000,
      diesAtRequest: options.diesAtRequest ?? 0,
    });
    return { engine, invocation };
  };

  it('never goes on after the request at which it dies', async () => {
    const { engine, invocation } = start({ diesAtRequest: 2 });
    const steps: string[] = [];
    const ends: string[] = [];

    invocation.run(
      async () => {
        for (const step of ['one', 'two', 'three']) {
          await invocation.request(step, reliable, () => undefined);
          steps.push(step);
        }
      },
      ({ ended }) => ends.push(ended),
    );
    await engine.run(60_000);

    expect(steps).toEqual(['one']);
    expect(ends).toEqual(['died']);
  });

  it('dies when its time is over', async () => {
    const { engine, invocation } = start({ timeLimitMs: 1_000 });
    const ends: string[] = [];

    invocation.run(
      () => invocation.request('long', reliable, () => undefined, 1_001),
      ({ ended }) => ends.push(ended),
    );
    await engine.run(60_000);

    expect(ends).toEqual(['died']);
  });
});

describe('zones', () => {
  it('tell the same time as the runtime does, hour by hour through both changes of the clocks', () => {
    for (const place of places) {
      const format = new Intl.DateTimeFormat('en-CA', {
        timeZone: place.timeZone,
        hourCycle: 'h23',
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        weekday: 'short',
      });
      for (const startMs of [Date.UTC(2026, 9, 30), Date.UTC(2027, 2, 12)]) {
        for (let hour = 0; hour < 96; hour += 1) {
          const atMs = startMs + hour * 3_600_000;
          const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
          const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

          expect(Math.floor(localHour(place, atMs))).toBe(Number(parts['hour']));
          expect(localDate(place, atMs)).toBe(`${parts['year']}-${parts['month']}-${parts['day']}`);
          expect(weekdays[localWeekday(place, atMs)]).toBe(parts['weekday']);
        }
      }
    }
  });
});
