/** The browser's zone, where it is one that the API takes. */
export function personZone(): string | undefined {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone === 'UTC' || zone?.includes('/') ? zone : undefined;
}
