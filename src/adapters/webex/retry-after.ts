/** The documented limit is counted a minute, so without a header a whole minute is the safe wait. */
const DEFAULT_MS = 60_000;
/** Longer waits are cut: who waits asks again, and SQS hides a message for at most 900 s without a new decision. */
const CAP_MS = 900_000;

/**
 * Reads `Retry-After` as seconds or as an HTTP date (RFC 9110, 10.2.3).
 * @returns 0 to 900,000 ms; 60,000 where the header is missing or unreadable.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(CAP_MS, Math.ceil(Number(text) * 1_000));
  const instantMs = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(instantMs) ? DEFAULT_MS : Math.min(CAP_MS, Math.max(0, instantMs - nowMs));
}
