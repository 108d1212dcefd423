import type { Arrival, ScreenRefusal } from './types.ts';

/**
 * Refuses a page that is not among the allowed sites. A request without an origin comes from no page of a browser; it is
 * left to the rules that do not believe headers.
 * @param allowed origins such as `https://www.example.com`
 */
export function originRule(allowed: readonly string[]): (arrival: Arrival) => ScreenRefusal | undefined {
  const origins = new Set(allowed.map((url) => new URL(url).origin));
  return ({ origin, isOwnPage = false }) =>
    origin === undefined || isOwnPage || origins.has(origin) ? undefined : { code: 'origin-not-allowed' };
}
