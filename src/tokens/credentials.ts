import * as z from 'zod/mini';
import type { EpochMs } from '../shared/clock.ts';
import { CredentialsUnreadableError, NotSignedInError } from './errors.ts';
import type { TokenGrant, WebexCredentials } from './ports.ts';

const Text = z.string().check(z.minLength(1));
const Instant = z.number().check(z.positive());

const clientFields = { clientId: Text, clientSecret: Text };

/** What an administrator puts into the secret before the first sign-in; a sign-in keeps it beside the tokens. */
export const WebexClientSchema = z.object({ ...clientFields, signIn: z.optional(z.object(clientFields)) });
export type WebexClientCredentials = z.output<typeof WebexClientSchema>;

export const WebexCredentialsSchema = z.object({
  ...clientFields,
  accessToken: Text,
  accessTokenExpiresAtMs: Instant,
  refreshToken: Text,
  refreshTokenExpiresAtMs: Instant,
  issuedAtMs: z.optional(Instant),
  signIn: z.optional(z.object(clientFields)),
  refreshedFrom: z.optional(Text),
});

/**
 * @throws {NotSignedInError} where there are no tokens yet.
 * @throws {CredentialsUnreadableError} naming the first field that is missing or wrong.
 */
export function parseCredentials(secret: string): WebexCredentials {
  const json = parseJson(secret);
  if (!hasTokens(json)) throw new NotSignedInError('Nobody has signed in to Webex yet; the secret holds no tokens.');
  const parsed = z.safeParse(WebexCredentialsSchema, json);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join('.') || 'the whole';
  throw new CredentialsUnreadableError(`The Webex secret lacks a usable "${field}"; sign in to Webex first.`);
}

/**
 * The OAuth client out of the secret, whether or not somebody has signed in.
 * @throws {NotSignedInError} where the client has not been put there.
 */
export function parseClient(secret: string): WebexClientCredentials {
  const parsed = z.safeParse(WebexClientSchema, parseJson(secret));
  if (parsed.success) return parsed.data;
  throw new NotSignedInError('The Webex secret lacks a usable clientId and clientSecret; put them there first.');
}

function parseJson(secret: string): unknown {
  try {
    return JSON.parse(secret);
  } catch {
    // The parser's own message quotes the text, which is secret.
    throw new CredentialsUnreadableError('The Webex secret is not JSON; put clientId and clientSecret there again.');
  }
}

const hasTokens = (json: unknown): boolean =>
  typeof json !== 'object' || json === null || 'accessToken' in json || 'refreshToken' in json;

/** Whether a secret holds tokens at all; whether they are usable is another question. */
export const isSignedIn = (secret: string): boolean => hasTokens(parseJson(secret));

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
    ...previous,
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
