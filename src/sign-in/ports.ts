import type { EpochMs } from '../shared/clock.ts';
import type { Result } from '../shared/result.ts';
import type { OAuthClient, SecretVersions, TokenGrant } from '../tokens/ports.ts';

/** Keeps what a secret unlocks until it is taken, which can be done once. Only the secret's hash is stored. */
export interface OneTimeStore {
  put(secret: string, value: string, expiresAtMs: EpochMs): Promise<void>;
  /** @returns undefined where nothing is there (any more); what has expired may still be there. */
  take(secret: string): Promise<{ readonly value: string; readonly expiresAtMs: EpochMs } | undefined>;
}

export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly scopes: readonly string[];
  readonly codeVerifier: string;
}

export interface CodeExchange {
  readonly client: OAuthClient;
  /** As the authorization server sent the browser back. */
  readonly parameters: URLSearchParams;
  readonly state: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
}

/** Why the authorization server gave no tokens. */
export type ExchangeFailure =
  | 'denied'
  | 'scope-refused'
  /** Expired, used before, or of another client. */
  | 'code-refused'
  /** Client id or secret is not known. */
  | 'client-refused'
  | 'refused'
  /** Nothing usable came back: what it means is not known, and the code may be used up. */
  | 'no-answer';

/** A failure with the server's own OAuth error code, which is no secret. */
export interface ExchangeRefusal {
  readonly code: ExchangeFailure;
  readonly oauthError?: string;
}

/** Webex's OAuth authorization server. */
export interface AuthorizationServer {
  authorizeUrl(request: AuthorizationRequest): Promise<URL>;
  exchange(exchange: CodeExchange): Promise<Result<TokenGrant, ExchangeRefusal>>;
}

/** Gives the tokens of a Service App to whoever may manage it. */
export interface ServiceAppTokens {
  issue(managerToken: string, client: OAuthClient): Promise<Result<TokenGrant, ExchangeRefusal>>;
}

/** The secret as a sign-in sees it. */
export interface SignInSecret extends Pick<SecretVersions, 'current' | 'stages' | 'pending' | 'dropPending'> {
  /** Stores `value` as a new version, which is current at once. */
  putCurrent(value: string): Promise<void>;
}
