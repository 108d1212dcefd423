import type { Call } from '../../../src/calls/call.ts';
import { supportHours } from './sample-settings.ts';
import { clockSkewMsMax } from './violations.ts';
import { type Place, localHour, localWeekday, placeOf, placeOfZone } from './zones.ts';

/** The hours that bind every call everywhere here: from 8 to 21 where the number rings. */
const lawfulHours = { from: 8, to: 21 };

/** Why a call is not lawful at an instant, by a clock that knows nothing of the policy's. */
export function closedAt(call: Call, atMs: number): string | undefined {
  const early = atMs - clockSkewMsMax;
  const late = atMs + clockSkewMsMax;
  const zones = [placeOf(call.number), ...(call.customer.timeZone ? [placeOfZone(call.customer.timeZone)] : [])];
  for (const place of zones) {
    if (!isLawful(place, early) && !isLawful(place, late))
      return `at ${localHour(place, atMs).toFixed(2)} o'clock in ${place.timeZone}`;
  }
  return call.line === 'support' && !isSupportOpen(early) && !isSupportOpen(late)
    ? 'while its line was closed'
    : undefined;
}

function isLawful(place: Place, atMs: number): boolean {
  const hour = localHour(place, atMs);
  return hour >= lawfulHours.from && hour < lawfulHours.to;
}

function isSupportOpen(atMs: number): boolean {
  const place = placeOfZone(supportHours.timeZone);
  const [hour, weekday] = [localHour(place, atMs), localWeekday(place, atMs)];
  return weekday >= 1 && weekday <= 5 && hour >= supportHours.fromHour && hour < supportHours.toHour;
}
