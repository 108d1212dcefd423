import * as z from 'zod/mini';
import type { Settings } from '../settings/schema.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import { sha256 } from '../shared/digest.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import type { WebexClientCredentials } from '../tokens/credentials.ts';
import { PendingTokenRefusedError } from '../tokens/errors.ts';
import { organizationOf } from '../tokens/organization.ts';
import type { TokenGrant, TokenTester, WebexCredentials } from '../tokens/ports.ts';
import type {
  AuthorizationServer,
  ExchangeFailure,
  ExchangeRefusal,
  OneTimeStore,
  ServiceAppTokens,
  SignInSecret,
} from './ports.ts';
import { codeVerifierOf, isSecret } from './secrets.ts';
import { type SignInState, StateSchema, clientOf } from './start-sign-in.ts';
import { storeCredentials } from './store-credentials.ts';

/** Shortest life of a refresh token that is documented (60 days), where the answer tells none. */
const REFRESH_TOKEN_MS = 60 * 86_400_000;

export interface FinishSignInDeps {
  readonly store: Pick<OneTimeStore, 'take'>;
  readonly server: Pick<AuthorizationServer, 'exchange'>;
  readonly serviceApp: ServiceAppTokens;
  readonly tester: TokenTester;
  readonly secret: SignInSecret;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'organization' | 'webex'>;
}

export type FinishFailureCode =
  | ExchangeFailure
  /** Used before, expired, or none of ours. */
  | 'state-unknown'
  | 'other-browser'
  | 'no-client'
  | 'wrong-organization'
  | 'no-refresh-token'
  | 'token-refused'
  | 'missing-scope';

export interface FinishFailure {
  readonly code: FinishFailureCode;
  /** Webex's own error code, or the organization that signed in. */
  readonly detail?: string;
  readonly operator?: string;
}

export interface FinishedSignIn {
  readonly operator: string;
  readonly refreshTokenExpiresAtMs: EpochMs;
}

export interface SignInAnswer {
  readonly parameters: URLSearchParams;
  /** Out of the browser's cookie. */
  readonly browserSecret: string | undefined;
}

/** Checks that the browser that comes back is the one that went, exchanges the code, tries the token, and stores it. */
export async function finishSignIn(
  deps: FinishSignInDeps,
  { parameters, browserSecret }: SignInAnswer,
): Promise<Result<FinishedSignIn, FinishFailure>> {
  const state = parameters.get('state') ?? undefined;
  const known = isSecret(state) ? await takeState(deps, state) : undefined;
  if (state === undefined || !known) return fail({ code: 'state-unknown' });
  const { operator } = known;
  const refused = (failure: Omit<FinishFailure, 'operator'>) => fail<FinishFailure>({ ...failure, operator });
  if (!isSecret(browserSecret) || sha256(browserSecret) !== known.browserSha256)
    return refused({ code: 'other-browser' });
  const client = clientOf((await deps.secret.current()).value);
  if (!client) return refused({ code: 'no-client' });

  const askedAtMs = deps.clock.nowMs();
  const granted = await obtainTokens(deps, client, {
    parameters,
    state,
    redirectUri: known.redirectUri,
    codeVerifier: codeVerifierOf(browserSecret),
  });
  if (!granted.ok) {
    const { code, oauthError } = granted.failure;
    return refused({ code, ...(oauthError !== undefined && { detail: oauthError }) });
  }
  const failure = await tryToken(deps, granted.value);
  if (failure) return refused(failure);
  const credentials = credentialsOf(client, granted.value, askedAtMs);
  if (!credentials) return refused({ code: 'no-refresh-token' });
  await storeCredentials(deps.secret, JSON.stringify(credentials));
  return ok({ operator, refreshTokenExpiresAtMs: credentials.refreshTokenExpiresAtMs });
}

async function takeState(
  { store, clock }: Pick<FinishSignInDeps, 'store' | 'clock'>,
  state: string,
): Promise<SignInState | undefined> {
  const taken = await store.take(state);
  if (!taken || taken.expiresAtMs <= clock.nowMs()) return undefined;
  const parsed = z.safeParse(StateSchema, JSON.parse(taken.value));
  // A link is no state, although both are kept in the same place.
  return parsed.success ? parsed.data : undefined;
}

async function obtainTokens(
  deps: FinishSignInDeps,
  client: WebexClientCredentials,
  answer: Omit<Parameters<AuthorizationServer['exchange']>[0], 'client'>,
): Promise<Result<TokenGrant, ExchangeRefusal>> {
  const granted = await deps.server.exchange({ ...answer, client: client.signIn ?? client });
  if (!granted.ok || !deps.settings.webex.serviceApp) return granted;
  return deps.serviceApp.issue(granted.value.accessToken, client);
}

/** What speaks against a token: another organization, or that Webex does not let it do what is needed. */
async function tryToken(
  { tester, settings }: FinishSignInDeps,
  { accessToken }: TokenGrant,
): Promise<Omit<FinishFailure, 'operator'> | undefined> {
  const organization = organizationOf(accessToken);
  if (organization !== undefined && organization !== settings.organization.id.toLowerCase())
    return { code: 'wrong-organization', detail: organization };
  try {
    return (await tester.test(accessToken)) === 'forbidden' ? { code: 'missing-scope' } : undefined;
  } catch (error) {
    if (error instanceof PendingTokenRefusedError) return { code: 'token-refused' };
    throw error;
  }
}

function credentialsOf(
  client: WebexClientCredentials,
  grant: TokenGrant,
  askedAtMs: EpochMs,
): WebexCredentials | undefined {
  if (grant.refreshToken === undefined) return undefined;
  const { refreshTokenExpiresInSeconds: seconds } = grant;
  return {
    ...client,
    accessToken: grant.accessToken,
    accessTokenExpiresAtMs: askedAtMs + grant.expiresInSeconds * 1_000,
    refreshToken: grant.refreshToken,
    refreshTokenExpiresAtMs: askedAtMs + (seconds === undefined ? REFRESH_TOKEN_MS : seconds * 1_000),
    issuedAtMs: askedAtMs,
  };
}
