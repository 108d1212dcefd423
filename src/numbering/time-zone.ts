const NAME = /^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/;
const KNOWN_MAX = 1_000;
const known = new Set<string>();

/** Whether this runtime knows an IANA zone of that name. Offsets such as `+01:00` are no zones here. */
export function isTimeZone(name: string): boolean {
  if (known.has(name)) return true;
  if (!NAME.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
  if (known.size < KNOWN_MAX) known.add(name);
  return true;
}
