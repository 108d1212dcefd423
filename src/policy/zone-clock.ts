import { fromEpochMilliseconds, toZonedDateTimeISO } from 'temporal-polyfill/fns/Instant';
import { getTimeZoneTransition, offsetNanoseconds } from 'temporal-polyfill/fns/ZonedDateTime';
import type { EpochMs } from '../shared/clock.ts';

const NANOSECONDS_PER_MS = 1_000_000;
const SEGMENTS_KEPT_MAX = 32;
const ZONES_KEPT_MAX = 1_000;

/** A stretch of time in which a zone keeps one offset from UTC. */
export interface OffsetSegment {
  readonly fromMs: EpochMs;
  /** Exclusive; infinite where no change is known. */
  readonly untilMs: EpochMs;
  readonly offsetMs: number;
}

/**
 * One zone's offsets. Local time is instant plus offset inside a segment, so that the skipped and the repeated hour of a
 * clock change need no special case. Temporal is asked once a segment, not once a call.
 */
export class ZoneClock {
  readonly zone: string;
  readonly #segments: OffsetSegment[] = [];

  constructor(zone: string) {
    this.zone = zone;
  }

  /** The segment that holds an instant. */
  segmentAt(atMs: EpochMs): OffsetSegment {
    for (const segment of this.#segments) {
      if (atMs >= segment.fromMs && atMs < segment.untilMs) return segment;
    }
    const segment = this.#readSegment(atMs);
    if (this.#segments.length >= SEGMENTS_KEPT_MAX) this.#segments.shift();
    this.#segments.push(segment);
    return segment;
  }

  #readSegment(atMs: EpochMs): OffsetSegment {
    const wholeMs = Math.floor(atMs);
    const here = toZonedDateTimeISO(fromEpochMilliseconds(wholeMs), this.zone);
    // `previous` looks strictly before its instant, so one millisecond later finds a change at this very instant too.
    const previous = getTimeZoneTransition(
      toZonedDateTimeISO(fromEpochMilliseconds(wholeMs + 1), this.zone),
      'previous',
    );
    const next = getTimeZoneTransition(here, 'next');
    return {
      fromMs: previous?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
      untilMs: next?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
      offsetMs: offsetNanoseconds(here) / NANOSECONDS_PER_MS,
    };
  }
}

const clocks = new Map<string, ZoneClock>();

/** The clock of an IANA zone, kept for later calls. @throws RangeError where the runtime does not know the zone. */
export function zoneClock(zone: string): ZoneClock {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  if (clocks.size >= ZONES_KEPT_MAX) clocks.clear();
  const clock = new ZoneClock(zone);
  clocks.set(zone, clock);
  return clock;
}

/** Local date (`YYYY-MM-DD`) and time (`HH:mm:ss`) of an instant. @throws RangeError where the runtime does not know the zone. */
export function localParts(atMs: EpochMs, zone: string): { readonly date: string; readonly time: string } {
  const local = new Date(atMs + zoneClock(zone).segmentAt(atMs).offsetMs).toISOString();
  return { date: local.slice(0, 10), time: local.slice(11, 19) };
}
