import * as z from 'zod/mini';
import type { Settings } from '../settings/schema.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import { sha256 } from '../shared/digest.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import { parseClient } from '../tokens/credentials.ts';
import { CredentialsUnreadableError, NotSignedInError } from '../tokens/errors.ts';
import type { CurrentSecret } from '../tokens/ports.ts';
import type { AuthorizationServer, OneTimeStore } from './ports.ts';
import { scopesFor } from './scopes.ts';
import { codeVerifierOf, isSecret, newSecret } from './secrets.ts';

/** How long a link and a state are good. */
export const signInMs = 600_000;

export interface StartSignInDeps {
  readonly store: OneTimeStore;
  readonly server: Pick<AuthorizationServer, 'authorizeUrl'>;
  readonly secret: CurrentSecret;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'webex' | 'uploads'>;
}

const LinkSchema = z.object({ operator: z.string() });

/** What a state stands for; the browser's secret itself is only ever in its cookie. */
export const StateSchema = z.object({
  operator: z.string(),
  redirectUri: z.string(),
  browserSha256: z.string(),
});
export type SignInState = z.output<typeof StateSchema>;

/** Gives an operator the secret of a link that starts one sign-in. */
export async function createSignInLink(
  { store, clock }: Pick<StartSignInDeps, 'store' | 'clock'>,
  operator: string,
): Promise<{ readonly link: string; readonly expiresAtMs: EpochMs }> {
  const link = newSecret();
  const expiresAtMs = clock.nowMs() + signInMs;
  await store.put(link, JSON.stringify({ operator } satisfies z.output<typeof LinkSchema>), expiresAtMs);
  return { link, expiresAtMs };
}

export type StartFailure = 'no-link' | 'link-used' | 'no-client';

export interface StartedSignIn {
  readonly authorizeUrl: URL;
  /** To be kept by this very browser, in a cookie. */
  readonly browserSecret: string;
  readonly operator: string;
}

/** Turns a link, once, into a state that is bound to the browser, and into the address at Webex to go to. */
export async function startSignIn(
  deps: StartSignInDeps,
  request: { readonly link: string | undefined; readonly redirectUri: string },
): Promise<Result<StartedSignIn, StartFailure>> {
  const { store, server, secret, clock, settings } = deps;
  if (!isSecret(request.link)) return fail('no-link');
  const taken = await store.take(request.link);
  if (!taken || taken.expiresAtMs <= clock.nowMs()) return fail('link-used');
  const { operator } = z.parse(LinkSchema, JSON.parse(taken.value));

  const client = clientOf((await secret.current()).value);
  if (!client) return fail('no-client');
  const state = newSecret();
  const browserSecret = newSecret();
  const value: SignInState = { operator, redirectUri: request.redirectUri, browserSha256: sha256(browserSecret) };
  await store.put(state, JSON.stringify(value), clock.nowMs() + signInMs);
  const authorizeUrl = await server.authorizeUrl({
    clientId: (client.signIn ?? client).clientId,
    redirectUri: request.redirectUri,
    state,
    scopes: scopesFor(settings),
    codeVerifier: codeVerifierOf(browserSecret),
  });
  return ok({ authorizeUrl, browserSecret, operator });
}

/** The OAuth client of the secret, or undefined where nobody has put it there. */
export function clientOf(value: string): ReturnType<typeof parseClient> | undefined {
  try {
    return parseClient(value);
  } catch (error) {
    if (error instanceof NotSignedInError || error instanceof CredentialsUnreadableError) return undefined;
    throw error;
  }
}
