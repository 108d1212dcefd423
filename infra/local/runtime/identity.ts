import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { gatewayAnswer } from './http/response.ts';
import type { LocalServer } from './http/server.ts';

const KEY_ID = 'local-1';
const TOKEN_LIFETIME = '30d';

export const OPERATOR_AUDIENCE = 'ringback-operators';

/** A small OpenID Connect issuer for this machine, so that the authorizer of the template has somebody to trust. */
export class IdentityProvider {
  readonly #server: LocalServer;
  readonly #key: JWK;

  private constructor(server: LocalServer, key: JWK) {
    this.#server = server;
    this.#key = key;
  }

  /** Serves discovery and keys; the signing key stays in the data folder, so that a token outlives a restart. */
  static async start(server: LocalServer, dataDir: string): Promise<IdentityProvider> {
    const provider = new IdentityProvider(server, await loadKey(join(dataDir, 'operator-key.json')));
    server.serve((request) => Promise.resolve(provider.#answer(request.rawPath)));
    return provider;
  }

  get issuer(): string {
    return this.#server.url.origin;
  }

  /** A token of a local operator, good for 30 days. */
  async operatorToken(): Promise<string> {
    return new SignJWT({ scope: 'operator' })
      .setProtectedHeader({ alg: 'RS256', kid: KEY_ID })
      .setIssuer(this.issuer)
      .setAudience(OPERATOR_AUDIENCE)
      .setSubject('local-operator')
      .setIssuedAt()
      .setExpirationTime(TOKEN_LIFETIME)
      .sign(await importJWK(this.#key, 'RS256'));
  }

  #answer(path: string) {
    const json = (body: object) => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
    });
    if (path === '/.well-known/openid-configuration') {
      return json({
        issuer: this.issuer,
        jwks_uri: `${this.issuer}/.well-known/jwks.json`,
        id_token_signing_alg_values_supported: ['RS256'],
        response_types_supported: ['token'],
        subject_types_supported: ['public'],
      });
    }
    if (path === '/.well-known/jwks.json') {
      const { kty, n, e } = this.#key;
      return json({ keys: [{ kty, n, e, kid: KEY_ID, alg: 'RS256', use: 'sig' }] });
    }
    return gatewayAnswer(404, 'Not Found');
  }
}

const loadKey = async (file: string): Promise<JWK> => {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as JWK;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = await exportJWK(privateKey);
  await writeFile(file, JSON.stringify(key), { mode: 0o600 });
  return key;
};
