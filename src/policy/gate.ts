import type { EpochMs } from '../shared/clock.ts';
import { type Schedule, nextOpening } from './schedule.ts';
import { type ZoneClock, zoneClock } from './zone-clock.ts';

/** Something that lets calls through at some instants and not at others. */
export interface Gate {
  /** The finding that speaks for the gate. */
  readonly id: string;
  /** The first instant at or after `fromMs` that the gate lets through; undefined where there is none up to `limitMs`. */
  next(fromMs: EpochMs, limitMs: EpochMs): EpochMs | undefined;
}

/** Closed until an instant, open ever after: caps, a wished window's start, the pause after an unreadable list. */
export const notBefore = (id: string, openMs: EpochMs): Gate => ({ id, next: (fromMs) => Math.max(fromMs, openMs) });

/** Open but from `startMs` to `endMs`: a ban with an end. */
export const closedBetween = (id: string, startMs: EpochMs, endMs: EpochMs): Gate => ({
  id,
  next: (fromMs) => (fromMs >= startMs && fromMs < endMs ? endMs : fromMs),
});

/** Open when the hours are open in one zone, but for the last `guardMs` of each window. */
export const hoursGate = (id: string, schedule: Schedule, clock: ZoneClock, guardMs: number): Gate => ({
  id,
  next: (fromMs, limitMs) => nextOpening(schedule, clock, { fromMs, limitMs, guardMs }),
});

/** One schedule in all zones it must be open in. */
export interface Hours {
  readonly id: string;
  readonly schedule: Schedule;
  readonly zones: readonly string[];
}

/** The gates of all hours, one for each that opens and closes differently within the horizon. */
export function distinctHoursGates(
  hours: readonly Hours[],
  span: { readonly fromMs: EpochMs; readonly limitMs: EpochMs },
  guardMs: number,
): Gate[] {
  const gates = new Map<string, Gate>();
  const signatures = new Map<string, string>();
  for (const { id, schedule, zones } of hours) {
    for (const zone of zones) {
      const clock = zoneClock(zone);
      const signature = signatures.get(zone) ?? signatureOf(clock, span.fromMs, span.limitMs);
      signatures.set(zone, signature);
      const key = `${schedule.key} ${signature}`;
      if (!gates.has(key)) gates.set(key, hoursGate(id, schedule, clock, guardMs));
    }
  }
  return [...gates.values()];
}

/** Offsets and their ends within a span: equal for zones that tell the same time all through it. */
function signatureOf(clock: ZoneClock, fromMs: EpochMs, limitMs: EpochMs): string {
  let signature = '';
  for (let atMs = fromMs; atMs <= limitMs; ) {
    const { offsetMs, untilMs } = clock.segmentAt(atMs);
    signature += untilMs > limitMs ? `${offsetMs}` : `${offsetMs}<${untilMs} `;
    atMs = untilMs;
  }
  return signature;
}

/** The first instant that every gate lets through, exact to the millisecond; undefined where there is none up to `limitMs`. */
export function firstCommonOpening(gates: readonly Gate[], fromMs: EpochMs, limitMs: EpochMs): EpochMs | undefined {
  let atMs = fromMs;
  let agreeing = 0;
  for (let index = 0; agreeing < gates.length; index = (index + 1) % gates.length) {
    const openMs = gates[index]?.next(atMs, limitMs);
    if (openMs === undefined || openMs > limitMs) return undefined;
    agreeing = openMs === atMs ? agreeing + 1 : 1;
    atMs = openMs;
  }
  return atMs;
}
