import * as z from 'zod/mini';
import type { EpochMs } from '../shared/clock.ts';
import { CredentialsUnreadableError } from './errors.ts';
import type { TokenGrant, WebexCredentials } from './ports.ts';

const Text = z.string().check(z.minLength(1));
const Instant = z.number().check(z.positive());

export const WebexCredentialsSchema = z.object({
  clientId: Text,
  clientSecret: Text,
  accessToken: Text,
  accessTokenExpiresAtMs: Instant,
  refreshToken: Text,
  refreshTokenExpiresAtMs: Instant,
  issuedAtMs: z.optional(Instant),
  refreshedFrom: z.optional(Text),
});

/** @throws {CredentialsUnreadableError} naming the first field that is missing or wrong; a secret before the first sign-in is one. */
export function parseCredentials(secret: string): WebexCredentials {
  let json: unknown;
  try {
    json = JSON.parse(secret);
  } catch {
    // The parser's own message quotes the text, which is secret.
    throw new CredentialsUnreadableError('The Webex secret is not JSON; sign in to Webex again.');
  }
  const parsed = z.safeParse(WebexCredentialsSchema, json);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join('.') || 'the whole';
  throw new CredentialsUnreadableError(`The Webex secret lacks a usable "${field}"; sign in to Webex first.`);
}

/**
 * What came back, kept whole: a new refresh token replaces the old one, and an answer without one leaves the old one in force.
 * @param askedAtMs when the request was sent: lifetimes are counted from then, so that a slow answer shortens them.
 */
export function renewed(
  previous: WebexCredentials,
  grant: TokenGrant,
  askedAtMs: EpochMs,
  refreshedFrom: string,
): WebexCredentials {
  return {
    clientId: previous.clientId,
    clientSecret: previous.clientSecret,
    accessToken: grant.accessToken,
    accessTokenExpiresAtMs: askedAtMs + grant.expiresInSeconds * 1_000,
    refreshToken: grant.refreshToken ?? previous.refreshToken,
    refreshTokenExpiresAtMs:
      grant.refreshTokenExpiresInSeconds === undefined
        ? previous.refreshTokenExpiresAtMs
        : askedAtMs + grant.refreshTokenExpiresInSeconds * 1_000,
    issuedAtMs: askedAtMs,
    refreshedFrom,
  };
}
