import { fromEpochMilliseconds, toZonedDateTimeISO } from 'temporal-polyfill/fns/Instant';
import * as ZonedDateTime from 'temporal-polyfill/fns/ZonedDateTime';
import { zoneOfNumber } from '../numbering/candidates.ts';
import type { Line } from '../settings/schema.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Call } from './call.ts';

/** Parts of a day, as hours of the person's clock: who does not answer in one may answer in another. */
const dayParts = [
  { fromHour: 8, toHour: 12 },
  { fromHour: 12, toHour: 17 },
  { fromHour: 17, toHour: 21 },
] as const;

/**
 * When an unanswered call is due again by its line's rule, or undefined where it is not to be repeated.
 * Caps and lawful windows are not looked at here: the verdict at dispatch defers or denies.
 */
export function retryAtMs(
  { retry: rule, hours }: Pick<Line, 'retry' | 'hours'>,
  call: Call,
  nowMs: EpochMs,
): EpochMs | undefined {
  if (rule.by === 'webex' || call.placedCount >= rule.attemptsMax) return undefined;
  const earliestMs = nowMs + rule.spacingMinutes * 60_000;
  const dueAtMs = rule.spreadOverDayParts ? nextDayPartMs(earliestMs, nowMs, zoneOf(call, hours)) : earliestMs;
  if (dueAtMs < call.expiresAtMs) return dueAtMs;
  return earliestMs < call.expiresAtMs ? earliestMs : undefined;
}

/** The zone that the person most likely lives by: the browser's, else the number's where it rings in one only, else the line's. */
const zoneOf = ({ customer, number }: Call, hours: Line['hours']): string =>
  customer.timeZone ?? zoneOfNumber(number) ?? hours?.timeZone ?? 'UTC';

/** The first instant at or after `earliestMs` that lies in another part of the day than `lastMs`. */
function nextDayPartMs(earliestMs: EpochMs, lastMs: EpochMs, timeZone: string): EpochMs {
  const last = partOf(zoned(lastMs, timeZone));
  const earliest = zoned(earliestMs, timeZone);
  const part = partOf(earliest);
  if (part !== undefined && part !== last) return earliestMs;
  for (let days = 0; days <= 2; days += 1) {
    for (const [index, { fromHour }] of dayParts.entries()) {
      const day = ZonedDateTime.startOfDay(ZonedDateTime.addDays(earliest, days));
      const start = ZonedDateTime.withFields(day, { hour: fromHour });
      if (index !== last && start.epochMilliseconds >= earliestMs) return start.epochMilliseconds;
    }
  }
  return earliestMs;
}

const zoned = (atMs: EpochMs, timeZone: string): ZonedDateTime.Record =>
  toZonedDateTimeISO(fromEpochMilliseconds(atMs), timeZone);

function partOf(time: ZonedDateTime.Record): number | undefined {
  const index = dayParts.findIndex(({ fromHour, toHour }) => time.hour >= fromHour && time.hour < toHour);
  return index === -1 ? undefined : index;
}
