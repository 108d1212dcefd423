/** A moment for a person: weekday, date and time in a zone. */
export const momentIn = (atMs: number, timeZone: string | undefined, tag: string): string =>
  new Intl.DateTimeFormat([tag, 'en'], {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
  }).format(atMs);

/** The zone's name as people call it at a moment, such as Pacific Standard Time. */
export function zoneName(atMs: number, timeZone: string | undefined, tag: string): string {
  const parts = new Intl.DateTimeFormat([tag, 'en'], { timeZone, timeZoneName: 'long' }).formatToParts(atMs);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone ?? '';
}

/** A day as it is chosen from a list. The date is one of the person's calendar, so it is written as it stands. */
export const dayName = (date: string, tag: string): string =>
  new Intl.DateTimeFormat([tag, 'en'], { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }).format(
    Date.parse(`${date}T00:00:00Z`),
  );

/** A span such as 10:00 – 10:30 as it is written in a language. */
export function timeSpan(from: string, to: string, tag: string): string {
  const format = new Intl.DateTimeFormat([tag, 'en'], { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' });
  return format.formatRange(Date.parse(`2000-01-01T${from}:00Z`), Date.parse(`2000-01-01T${to}:00Z`));
}

/** A wait in whole minutes, never less than one. */
export const waitText = (waitSeconds: number, tag: string): string =>
  new Intl.NumberFormat([tag, 'en'], { style: 'unit', unit: 'minute', unitDisplay: 'long' }).format(
    Math.max(1, Math.ceil(waitSeconds / 60)),
  );
