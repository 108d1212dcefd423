import * as z from 'zod/mini';
import { RefreshTokenDeadError, TokenRequestRefusedError } from '../../tokens/errors.ts';
import type { TokenEndpoint, TokenGrant } from '../../tokens/ports.ts';
import { readErrorBody } from './error-body.ts';
import type { HttpAnswer, HttpTransport } from './transport.ts';
import { WebexError } from './webex-error.ts';

const Seconds = z
  .union([z.number(), z.pipe(z.string().check(z.regex(/^\d{1,12}$/)), z.transform(Number))])
  .check(z.positive());

/** Answer of the token endpoint to both grants. */
export const TokenAnswerSchema = z.object({
  access_token: z.string().check(z.minLength(1)),
  expires_in: Seconds,
  refresh_token: z.optional(z.string().check(z.minLength(1))),
  refresh_token_expires_in: z.optional(Seconds),
});

/** The answer in our own words. */
export const grantOf = (answer: z.output<typeof TokenAnswerSchema>): TokenGrant => ({
  accessToken: answer.access_token,
  expiresInSeconds: answer.expires_in,
  ...(answer.refresh_token !== undefined && { refreshToken: answer.refresh_token }),
  ...(answer.refresh_token_expires_in !== undefined && {
    refreshTokenExpiresInSeconds: answer.refresh_token_expires_in,
  }),
});

const OPERATION = 'refreshToken';

/** Webex's OAuth token endpoint. It is given long to answer: a new refresh token that is not waited for is lost. */
export class WebexTokenEndpoint implements TokenEndpoint {
  readonly #url: URL;
  readonly #transport: HttpTransport;
  readonly #timeoutMs: number;

  /** @param tokenUrl such as `https://webexapis.com/v1/access_token`. */
  constructor(tokenUrl: string, transport: HttpTransport, timeoutMs = 20_000) {
    this.#url = new URL(tokenUrl);
    this.#transport = transport;
    this.#timeoutMs = timeoutMs;
  }

  async refresh(credentials: { clientId: string; clientSecret: string; refreshToken: string }): Promise<TokenGrant> {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
      refresh_token: credentials.refreshToken,
    });
    const answer = await this.#transport({
      method: 'POST',
      url: this.#url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: form.toString(),
      timeoutMs: this.#timeoutMs,
    });
    return answer.status === 200 ? readGrant(answer) : refuse(answer);
  }
}

function readGrant(answer: HttpAnswer): TokenGrant {
  let json: unknown;
  try {
    json = JSON.parse(answer.body);
  } catch {
    // The parser's own message quotes the body, which holds tokens.
    json = undefined;
  }
  const parsed = z.safeParse(TokenAnswerSchema, json);
  if (!parsed.success) {
    throw new WebexError(
      'answer-unreadable',
      `${OPERATION} was answered 200 without a usable ${parsed.error.issues[0]?.path.join('.') || 'body'}`,
      {
        operation: OPERATION,
        processed: 'yes',
        status: 200,
        trackingId: answer.headers['trackingid'],
      },
    );
  }
  return grantOf(parsed.data);
}

/** RFC 6749, 5.2 is expected; Webex's own words are understood as well, because its error body is not documented. */
function refuse(answer: HttpAnswer): never {
  const { words = '', webexCode = 'unknown', trackingId } = readErrorBody(answer.body);
  const where = `(status ${answer.status}${trackingId ? `, tracking id ${trackingId}` : ''})`;
  if (answer.status !== 400 && answer.status !== 401) {
    throw new WebexError(
      answer.status === 429 ? 'throttled' : 'server-error',
      `${OPERATION} was answered ${answer.status}`,
      {
        operation: OPERATION,
        processed: answer.status === 429 ? 'no' : 'unknown',
        status: answer.status,
        trackingId,
      },
    );
  }
  const namesDeadToken =
    webexCode !== 'invalid_client' && /refresh.?token/i.test(words) && /expired|invalid|revoked|not found/i.test(words);
  if (webexCode === 'invalid_grant' || namesDeadToken) {
    throw new RefreshTokenDeadError(
      `Webex no longer takes the refresh token ${where}; an administrator has to sign in again.`,
    );
  }
  throw new TokenRequestRefusedError(webexCode, `Webex refused to refresh the token: ${webexCode} ${where}.`);
}
