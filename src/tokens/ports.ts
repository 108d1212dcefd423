import type { EpochMs } from '../shared/clock.ts';

/** What Webex gives out when an integration or a Service App is made. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What the secret of a Webex organization holds, as JSON. Times are instants computed from Webex's answer. */
export interface WebexCredentials extends OAuthClient {
  readonly accessToken: string;
  readonly accessTokenExpiresAtMs: EpochMs;
  readonly refreshToken: string;
  readonly refreshTokenExpiresAtMs: EpochMs;
  /** When Webex gave the access token, by the clock of who stored it. */
  readonly issuedAtMs?: EpochMs;
  /** The integration that administrators sign in with, where the tokens are those of a Service App. */
  readonly signIn?: OAuthClient;
  /** Version of the secret whose refresh token gave these; absent after a sign-in. */
  readonly refreshedFrom?: string;
}

/** The access token that functions send, read through a cache that follows the secret's version. */
export interface AccessTokens {
  /** The current token; from the cache while it is fresh. Throws `TokenUnavailableError` where the secret gives none. */
  current(): Promise<string>;
  /**
   * Called after a 401 for `rejectedToken`: has the one rotation path refresh it, once however many ask,
   * and answers the new token. Throws `TokenUnavailableError` when none came in time.
   */
  replace(rejectedToken: string): Promise<string>;
}

/** One version of the secret. */
export interface SecretVersion {
  readonly versionId: string;
  /** JSON of WebexCredentials. */
  readonly value: string;
}

export interface CurrentSecret {
  /** The version under AWSCURRENT. Throws where it cannot be read. */
  current(): Promise<SecretVersion>;
}

/** What a function needs that sends the token: to read it, and to have it rotated. */
export interface RotatableSecret extends CurrentSecret {
  /**
   * Asks for a rotation now. The same `requestId` asks for the same rotation.
   * @returns `running` where one is under way already.
   */
  rotate(requestId: string): Promise<'started' | 'running'>;
}

/** What the rotation function needs: the versions of the secret and their stages. */
export interface SecretVersions extends CurrentSecret {
  /** Stages by version id. */
  stages(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** The value of the pending version, once it was written. */
  pending(versionId: string): Promise<SecretVersion | undefined>;
  /** @returns `exists` where the version has another value already; nothing is overwritten. */
  putPending(versionId: string, value: string): Promise<'written' | 'exists'>;
  makeCurrent(versionId: string, insteadOf: string): Promise<void>;
  /** Takes the AWSPENDING stage from the version, so that a later rotation can start; one without it stays as it is. */
  dropPending(versionId: string): Promise<void>;
}

/** What the token endpoint answered to a grant; lifetimes in seconds from its sending. */
export interface TokenGrant {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  /** Absent where the old one stays in force. */
  readonly refreshToken?: string;
  readonly refreshTokenExpiresInSeconds?: number;
}

export interface TokenEndpoint {
  /** @throws {RefreshTokenDeadError | TokenRequestRefusedError} and a fault where no answer came. */
  refresh(credentials: Pick<WebexCredentials, 'clientId' | 'clientSecret' | 'refreshToken'>): Promise<TokenGrant>;
}

/** One cheap request to Webex with a token that is not current yet. */
export interface TokenTester {
  /**
   * @returns `forbidden` where Webex knows the token and does not let it read tasks: a scope or a role is missing.
   * @throws {PendingTokenRefusedError} where Webex refuses it; another error where Webex gave no answer.
   */
  test(accessToken: string): Promise<'taken' | 'forbidden'>;
}
