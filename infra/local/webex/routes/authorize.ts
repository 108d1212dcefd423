import { randomBytes, randomUUID } from 'node:crypto';
import { type Answer, redirect } from '../http/answers.ts';
import type { ApiRequest } from '../http/request.ts';
import { html } from '../pages/html.ts';
import { authorizePage, refusalPage } from '../pages/authorize-page.ts';
import type { Simulation } from '../simulation.ts';
import type { SignIn } from '../store/token-store.ts';
import { REGISTERED_SCOPES } from '../tokens.ts';
import type { ApiRoute } from './route.ts';

/** How long the page with the two buttons may stay open. */
const PAGE_LIFETIME_MS = 600_000;

const isHttpUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

const back = (redirectUri: string, state: string | null, answer: Readonly<Record<string, string>>): Answer => {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
  if (state !== null) url.searchParams.set('state', state);
  return redirect(url.href);
};

/** GET /v1/authorize: a wrong client or address is told here, anything else is told to the client (RFC 6749, 4.1.2.1). */
function showPage({ query, nowMs }: ApiRequest, simulation: Simulation): Answer {
  const refuse = (words: string) => html(400, refusalPage(words));
  const { redirect_uri: redirectUri = '', scope = '', state = null } = query;
  const { redirectUris, signInOrganizationId } = simulation.settings;
  if (!simulation.tokens.isClient(query['client_id'] ?? ''))
    return refuse('The client_id is not the one of a known integration.');
  if (!isHttpUrl(redirectUri) || (redirectUris.length > 0 && !redirectUris.includes(redirectUri))) {
    return refuse('The redirect_uri is not registered for this integration.');
  }
  const tell = (error: string, description: string) =>
    back(redirectUri, state, { error, error_description: description });
  if (query['response_type'] !== 'code') return tell('unsupported_response_type', 'response_type must be code.');
  const scopes = scope.split(' ').filter((name) => name !== '');
  const unknown = scopes.find((name) => !REGISTERED_SCOPES.some((registered) => registered === name));
  if (scopes.length === 0) return tell('invalid_scope', 'scope is required.');
  if (unknown !== undefined) return tell('invalid_scope', `${unknown} is not a scope of this integration.`);
  const challenge = query['code_challenge'] ?? null;
  if (challenge !== null && query['code_challenge_method'] !== 'S256')
    return tell('invalid_request', 'code_challenge_method must be S256.');
  const signIn: SignIn = {
    id: randomUUID(),
    clientId: simulation.clientId,
    redirectUri,
    scope: scopes.join(' '),
    state,
    challenge,
    orgId: signInOrganizationId ?? simulation.organizationId,
    expiresAtMs: nowMs + PAGE_LIFETIME_MS,
  };
  simulation.signIns.addSignIn(signIn, null);
  return html(200, authorizePage(signIn));
}

/** The two buttons of the page. */
function decide(request: ApiRequest, simulation: Simulation): Answer {
  const form = new URLSearchParams(request.bodyText);
  const signIn = simulation.signIns.takeSignIn(form.get('signIn') ?? '');
  if (!signIn || signIn.expiresAtMs <= request.nowMs) {
    return html(400, refusalPage('This page was used before or has expired. Start the sign-in again.'));
  }
  if (form.get('decision') !== 'allow') {
    return back(signIn.redirectUri, signIn.state, {
      error: 'access_denied',
      error_description: 'The request was denied.',
    });
  }
  const code = randomBytes(32).toString('hex');
  const expiresAtMs = request.nowMs + simulation.settings.authorizationCodeLifetimeSeconds * 1_000;
  simulation.signIns.addSignIn({ ...signIn, expiresAtMs }, code);
  return back(signIn.redirectUri, signIn.state, { code });
}

const authorizeRoute = (method: 'GET' | 'POST', handle: ApiRoute['handle']): ApiRoute => ({
  name: 'authorize',
  method,
  path: '/v1/authorize',
  errors: 'general',
  scopes: undefined,
  echoesTrackingId: false,
  handle,
});

export const authorizeRoutes: readonly ApiRoute[] = [authorizeRoute('GET', showPage), authorizeRoute('POST', decide)];
