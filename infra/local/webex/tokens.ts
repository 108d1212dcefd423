import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { fail, ok, type Result } from '../../../src/shared/result.ts';
import type { SimulatorSettings } from './settings.ts';
import type { SignIn, TokenRecord, TokenStore } from './store/token-store.ts';

/** Scopes that the simulated integration was registered with; a sign-in may ask for fewer. */
export const REGISTERED_SCOPES = [
  'cjp:config',
  'cjp:config_read',
  'cjp:config_write',
  'cjp.config_write',
  'cjp:user',
  'spark:applications_token',
] as const;

/** The scopes that the labs ask for, with which every simulated operation works. */
export const ALL_SCOPES = 'cjp:config cjp:config_read cjp:config_write cjp:user';

const CLUSTER = 'SIM1';
const KEPT_AFTER_DEATH_MS = 86_400_000;

/** A pair as it comes from the token endpoint; lifetimes in seconds from the moment of issue. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
  readonly refreshExpiresInSeconds: number;
}

export interface ClientCredentials {
  readonly id: string;
  readonly secret: string;
}

/** RFC 6749 error codes of the token endpoint. */
export interface GrantFailure {
  readonly error: 'invalid_client' | 'invalid_grant';
  readonly description: string;
}

interface Grant {
  readonly id: string;
  readonly clientId: string;
  readonly orgId: string;
  readonly scope: string;
}

/** Issues, renews and checks tokens of `<secret>_<cluster>_<orgId>`. */
export class TokenDesk {
  readonly #store: TokenStore;
  readonly #client: ClientCredentials;
  readonly #settings: () => SimulatorSettings;

  constructor(store: TokenStore, client: ClientCredentials, settings: () => SimulatorSettings) {
    this.#store = store;
    this.#client = client;
    this.#settings = settings;
  }

  isClient(id: string): boolean {
    return id === this.#client.id;
  }

  authenticates(id: string, secret: string): boolean {
    return this.isClient(id) && sameText(secret, this.#client.secret);
  }

  issue(grant: Omit<Grant, 'id'>, nowMs: number): IssuedTokens {
    this.#store.prune(nowMs - KEPT_AFTER_DEATH_MS);
    return this.#issuePair({ ...grant, id: randomUUID() }, newToken(grant.orgId), nowMs);
  }

  /** Exchanges a code, which is gone afterwards whatever came of it. */
  exchangeCode(
    code: string,
    proof: { clientId: string; redirectUri: string; verifier: string | undefined },
    nowMs: number,
  ): Result<IssuedTokens, GrantFailure> {
    const signIn = this.#store.takeCode(code);
    if (!signIn) return invalidGrant('The code is unknown or was used before.');
    if (signIn.expiresAtMs <= nowMs) return invalidGrant('The code has expired.');
    if (signIn.clientId !== proof.clientId) return invalidGrant('The code was issued to another client.');
    if (signIn.redirectUri !== proof.redirectUri)
      return invalidGrant('redirect_uri is not the one of the authorization request.');
    if (!provesChallenge(signIn, proof.verifier)) return invalidGrant('code_verifier does not fit the code_challenge.');
    return ok(this.issue({ clientId: signIn.clientId, orgId: signIn.orgId, scope: signIn.scope }, nowMs));
  }

  refresh(refreshToken: string, clientId: string, nowMs: number): Result<IssuedTokens, GrantFailure> {
    const known = this.#store.find('refresh', refreshToken);
    if (!known) return invalidGrant('The refresh token is unknown.');
    if (known.clientId !== clientId) return invalidGrant('The refresh token was issued to another client.');
    if (known.expiresAtMs <= nowMs) return invalidGrant('The refresh token has expired or was replaced.');
    const { rotateRefreshTokens, revokeAccessTokensOnRefresh } = this.#settings();
    if (revokeAccessTokensOnRefresh) this.#store.expireGrant('access', known.grantId, nowMs);
    if (rotateRefreshTokens) this.#store.expire('refresh', refreshToken, nowMs);
    const grant = { id: known.grantId, clientId, orgId: known.orgId, scope: known.scope };
    return ok(this.#issuePair(grant, rotateRefreshTokens ? newToken(known.orgId) : refreshToken, nowMs));
  }

  /** The token behind an Authorization header, if it is good now. */
  verify(bearerToken: string | undefined, nowMs: number): TokenRecord | undefined {
    if (bearerToken === undefined) return undefined;
    const token = this.#store.find('access', bearerToken);
    return token && token.expiresAtMs > nowMs ? token : undefined;
  }

  expire(token: string, nowMs: number): void {
    this.#store.expire('access', token, nowMs);
    this.#store.expire('refresh', token, nowMs);
  }

  expireAll(kind: 'access' | 'refresh', nowMs: number): void {
    this.#store.expireAll(kind, nowMs);
  }

  #issuePair(grant: Grant, refreshToken: string, nowMs: number): IssuedTokens {
    const { accessTokenLifetimeSeconds, refreshTokenLifetimeSeconds } = this.#settings();
    const record = {
      clientId: grant.clientId,
      orgId: grant.orgId,
      scope: grant.scope,
      grantId: grant.id,
      issuedAtMs: nowMs,
    };
    const accessToken = newToken(grant.orgId);
    this.#store.put('access', {
      ...record,
      token: accessToken,
      expiresAtMs: nowMs + accessTokenLifetimeSeconds * 1_000,
    });
    this.#store.put('refresh', {
      ...record,
      token: refreshToken,
      expiresAtMs: nowMs + refreshTokenLifetimeSeconds * 1_000,
    });
    return {
      accessToken,
      refreshToken,
      expiresInSeconds: accessTokenLifetimeSeconds,
      refreshExpiresInSeconds: refreshTokenLifetimeSeconds,
    };
  }
}

/** Hexadecimal, because the secret part must not hold the `_` that separates the three. */
const newToken = (orgId: string): string => `${randomBytes(36).toString('hex')}_${CLUSTER}_${orgId}`;

const invalidGrant = (description: string): { readonly ok: false; readonly failure: GrantFailure } =>
  fail({ error: 'invalid_grant', description });

function provesChallenge(signIn: SignIn, verifier: string | undefined): boolean {
  if (signIn.challenge === null) return true;
  return verifier !== undefined && createHash('sha256').update(verifier).digest('base64url') === signIn.challenge;
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
