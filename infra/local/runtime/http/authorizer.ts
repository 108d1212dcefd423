import type { IncomingHttpHeaders } from 'node:http';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { PropertiesOf } from '../../template/types/index.ts';

type AuthorizerProperties = PropertiesOf<'AWS::ApiGatewayV2::Authorizer'>;

export type Authorization =
  | {
      readonly outcome: 'allowed';
      readonly claims: Readonly<Record<string, string>>;
      readonly scopes: readonly string[] | null;
    }
  | { readonly outcome: 'unauthorized'; readonly description: string }
  | { readonly outcome: 'forbidden' };

/** HTTP APIs take RSA signatures only; ES256 is refused there, so it is refused here (API Gateway, "JWT authorizers"). */
const ALGORITHMS = ['RS256', 'RS384', 'RS512'];

/** API Gateway keeps an issuer's keys for two hours; a key that is not among them is looked up again at once. */
const KEYS_MAX_AGE_MS = 2 * 3_600_000;

const DISCOVERY_TIMEOUT_MS = 1_500;

/** Checks bearer tokens as an HTTP API's JWT authorizer does: signature, issuer, audience, time and scopes. */
export class JwtAuthorizer {
  readonly #properties: AuthorizerProperties;
  #keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;

  constructor(properties: AuthorizerProperties) {
    this.#properties = properties;
  }

  /** @param scopes what the route asks for; one of them is enough. */
  async authorize(
    headers: IncomingHttpHeaders,
    query: URLSearchParams,
    scopes: readonly string[],
  ): Promise<Authorization> {
    const token = this.#tokenOf(headers, query);
    if (token === undefined) return { outcome: 'unauthorized', description: '' };
    const verified = await this.#verify(token);
    if (typeof verified === 'string') return { outcome: 'unauthorized', description: verified };
    if (!this.#isForUs(verified))
      return { outcome: 'unauthorized', description: 'the audience of the token is not valid' };
    const granted = scopesOf(verified);
    if (scopes.length > 0 && !scopes.some((scope) => granted.includes(scope))) return { outcome: 'forbidden' };
    return { outcome: 'allowed', claims: claimTexts(verified), scopes: scopes.length === 0 ? null : granted };
  }

  #tokenOf(headers: IncomingHttpHeaders, query: URLSearchParams): string | undefined {
    for (const source of this.#properties.IdentitySource) {
      const [, place, name = ''] = /^\$request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
      const value = place === 'header' ? headers[name.toLowerCase()] : query.get(name);
      const token = value?.toString().replace(/^bearer\s+/i, '');
      if (token !== undefined && token !== '') return token;
    }
    return undefined;
  }

  /** The claims, or why the token is not good. */
  async #verify(token: string): Promise<JWTPayload | string> {
    try {
      const { payload } = await jwtVerify(token, await this.#issuerKeys(), {
        issuer: this.#properties.JwtConfiguration.Issuer,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp'],
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) return 'the token has expired';
      if (error instanceof errors.JOSEError) return 'the token is not valid';
      throw error;
    }
  }

  async #issuerKeys(): Promise<ReturnType<typeof createRemoteJWKSet>> {
    this.#keys ??= discoverKeys(this.#properties.JwtConfiguration.Issuer);
    try {
      return await this.#keys;
    } catch (error) {
      this.#keys = undefined;
      throw error;
    }
  }

  #isForUs(payload: JWTPayload): boolean {
    const audiences = payload.aud === undefined ? [payload['client_id']] : [payload.aud].flat();
    return audiences.some(
      (audience) => typeof audience === 'string' && this.#properties.JwtConfiguration.Audience.includes(audience),
    );
  }
}

const discoverKeys = async (issuer: string): Promise<ReturnType<typeof createRemoteJWKSet>> => {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`The issuer ${issuer} answered ${response.status} to the discovery of its keys.`);
  const discovery = (await response.json()) as { readonly jwks_uri?: unknown };
  if (typeof discovery.jwks_uri !== 'string') throw new Error(`The issuer ${issuer} names no jwks_uri.`);
  return createRemoteJWKSet(new URL(discovery.jwks_uri), { cacheMaxAge: KEYS_MAX_AGE_MS });
};

const scopesOf = (payload: JWTPayload): readonly string[] => {
  const scope = payload['scope'] ?? payload['scp'];
  if (typeof scope === 'string') return scope.split(' ');
  return Array.isArray(scope) ? scope.map(String) : [];
};

/** API Gateway hands claims on as text; a list is written in brackets. */
const claimTexts = (payload: JWTPayload): Record<string, string> =>
  Object.fromEntries(
    Object.entries(payload).map(([name, value]) => [
      name,
      Array.isArray(value) ? `[${value.join(' ')}]` : String(value),
    ]),
  );
