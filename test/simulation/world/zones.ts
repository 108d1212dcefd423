/**
 * What time it is where a number rings, told by another way than the policy's: fixed offsets and the two
 * changes of the clocks that a simulated history can meet. A judge must not copy the one it judges.
 */
export interface Place {
  readonly areaCode: string;
  readonly jurisdiction: string;
  readonly timeZone: string;
  readonly standardHours: number;
  readonly savesDaylight: boolean;
}

export const places: readonly Place[] = [
  { areaCode: '212', jurisdiction: 'US-NY', timeZone: 'America/New_York', standardHours: -5, savesDaylight: true },
  { areaCode: '312', jurisdiction: 'US-IL', timeZone: 'America/Chicago', standardHours: -6, savesDaylight: true },
  { areaCode: '303', jurisdiction: 'US-CO', timeZone: 'America/Denver', standardHours: -7, savesDaylight: true },
  { areaCode: '602', jurisdiction: 'US-AZ', timeZone: 'America/Phoenix', standardHours: -7, savesDaylight: false },
  { areaCode: '415', jurisdiction: 'US-CA', timeZone: 'America/Los_Angeles', standardHours: -8, savesDaylight: true },
];

const hourMs = 3_600_000;
/** Clocks fall back on 1 November 2026 and spring forward on 14 March 2027, at 2 o'clock in each zone. */
const fallBackUtcMs = Date.UTC(2026, 10, 1, 1);
const springForwardUtcMs = Date.UTC(2027, 2, 14, 2);

function offsetHours({ standardHours, savesDaylight }: Place, atMs: number): number {
  const localMs = atMs + standardHours * hourMs;
  const winter = localMs >= fallBackUtcMs && localMs < springForwardUtcMs;
  return savesDaylight && !winter ? standardHours + 1 : standardHours;
}

/** Hours since local midnight, with fractions. */
export function localHour(place: Place, atMs: number): number {
  const localMs = atMs + offsetHours(place, atMs) * hourMs;
  return (localMs % 86_400_000) / hourMs;
}

/** 0 is Sunday. */
export const localWeekday = (place: Place, atMs: number): number =>
  new Date(atMs + offsetHours(place, atMs) * hourMs).getUTCDay();

export function localDate(place: Place, atMs: number): string {
  return new Date(atMs + offsetHours(place, atMs) * hourMs).toISOString().slice(0, 10);
}

/** The instant of a local time; where it comes twice, the earlier one. */
export function instantAt(timeZone: string, date: string, time: string): number {
  const localMs = Date.parse(`${date}T${time}Z`);
  if (timeZone === 'UTC') return localMs;
  const place = placeOfZone(timeZone);
  const standardMs = localMs - place.standardHours * hourMs;
  const daylightMs = standardMs - hourMs;
  return offsetHours(place, daylightMs) > place.standardHours ? daylightMs : standardMs;
}

export function placeOf(number: string): Place {
  const areaCode = number.slice(2, 5);
  const place = places.find((candidate) => candidate.areaCode === areaCode);
  if (!place) throw new RangeError(`No place has the area code ${areaCode}.`);
  return place;
}

export function placeOfZone(timeZone: string): Place {
  const place = places.find((candidate) => candidate.timeZone === timeZone);
  if (!place) throw new RangeError(`No place has the zone ${timeZone}.`);
  return place;
}
