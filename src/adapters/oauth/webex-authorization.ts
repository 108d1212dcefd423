import * as oauth from 'oauth4webapi';
import * as z from 'zod/mini';
import type { Result } from '../../shared/result.ts';
import { fail, ok } from '../../shared/result.ts';
import type { AuthorizationRequest, AuthorizationServer, CodeExchange, ExchangeRefusal } from '../../sign-in/ports.ts';
import type { TokenGrant } from '../../tokens/ports.ts';
import { TokenAnswerSchema, grantOf } from '../webex/token-endpoint.ts';

export interface WebexAuthorizationOptions {
  /** Such as `https://webexapis.com/v1/authorize`. */
  readonly authorizeUrl: string;
  /** Such as `https://webexapis.com/v1/access_token`. */
  readonly tokenUrl: string;
  /** Of the exchange. */
  readonly timeoutMs?: number;
}

/**
 * Webex's authorization-code flow, with PKCE: Webex documents none, and a server that knows none has to ignore it
 * (RFC 6749, 3.1 and 3.2).
 */
export class WebexAuthorizationServer implements AuthorizationServer {
  readonly #server: oauth.AuthorizationServer;
  readonly #options: Required<WebexAuthorizationOptions>;

  constructor(options: WebexAuthorizationOptions) {
    this.#options = { timeoutMs: 10_000, ...options };
    this.#server = {
      issuer: new URL(options.authorizeUrl).origin,
      authorization_endpoint: options.authorizeUrl,
      token_endpoint: options.tokenUrl,
    };
  }

  async authorizeUrl({ clientId, redirectUri, state, scopes, codeVerifier }: AuthorizationRequest): Promise<URL> {
    const url = new URL(this.#options.authorizeUrl);
    const parameters = {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: scopes.join(' '),
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url;
  }

  async exchange(exchange: CodeExchange): Promise<Result<TokenGrant, ExchangeRefusal>> {
    try {
      const answer = z.safeParse(TokenAnswerSchema, await this.#exchange(exchange));
      return answer.success ? ok(grantOf(answer.data)) : fail({ code: 'no-answer' });
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal) return fail(refusal);
      throw error;
    }
  }

  async #exchange({
    client,
    parameters,
    state,
    redirectUri,
    codeVerifier,
  }: CodeExchange): Promise<oauth.TokenEndpointResponse> {
    const oauthClient: oauth.Client = { client_id: client.clientId };
    const answer = new URLSearchParams(parameters);
    // There is one authorization server, so an issuer tells nothing; Webex's own is not documented.
    answer.delete('iss');
    const checked = oauth.validateAuthResponse(this.#server, oauthClient, answer, state);
    const response = await oauth.authorizationCodeGrantRequest(
      this.#server,
      oauthClient,
      oauth.ClientSecretPost(client.clientSecret),
      checked,
      redirectUri,
      codeVerifier,
      {
        signal: AbortSignal.timeout(this.#options.timeoutMs),
        // Only the simulator is reached without TLS, and only where the settings say so.
        [oauth.allowInsecureRequests]: this.#options.tokenUrl.startsWith('http:'),
      },
    );
    return oauth.processAuthorizationCodeResponse(this.#server, oauthClient, response);
  }
}

const CODES: Readonly<Record<string, ExchangeRefusal['code']>> = {
  access_denied: 'denied',
  invalid_scope: 'scope-refused',
  invalid_grant: 'code-refused',
  invalid_client: 'client-refused',
  unauthorized_client: 'client-refused',
  server_error: 'no-answer',
  temporarily_unavailable: 'no-answer',
};

/** What the library's errors mean to a person; undefined for a fault of ours. None of them tells a code or a token on. */
function refusalOf(error: unknown): ExchangeRefusal | undefined {
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
    // Whoever opens the callback's address can write the error in it.
    const oauthError = /^[\w.-]{1,60}$/.test(error.error) ? error.error : 'unknown';
    return { code: CODES[oauthError] ?? 'refused', oauthError };
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) return { code: 'client-refused' };
  if (error instanceof oauth.OperationProcessingError) return { code: 'no-answer', oauthError: error.code };
  // What fetch throws: no connection, or the time-out.
  if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError'))
    return { code: 'no-answer' };
  return undefined;
}
