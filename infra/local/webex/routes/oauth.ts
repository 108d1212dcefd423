import { ServiceAppTokenRequest } from '../contract/oauth.ts';
import { type Answer, json, NO_STORE } from '../http/answers.ts';
import { type ApiRequest, parseJsonBody } from '../http/request.ts';
import type { Simulation } from '../simulation.ts';
import { ALL_SCOPES, type GrantFailure, type IssuedTokens } from '../tokens.ts';
import type { Result } from '../../../../src/shared/result.ts';
import { type ApiRoute, route } from './route.ts';

const oauthError = (status: 400 | 401, error: string, description: string): Answer =>
  json(status, { error, error_description: description }, NO_STORE);

const tokenAnswer = (tokens: IssuedTokens): Answer =>
  json(
    200,
    {
      access_token: tokens.accessToken,
      expires_in: tokens.expiresInSeconds,
      refresh_token: tokens.refreshToken,
      refresh_token_expires_in: tokens.refreshExpiresInSeconds,
      token_type: 'Bearer',
    },
    NO_STORE,
  );

const grantAnswer = (granted: Result<IssuedTokens, GrantFailure>): Answer =>
  granted.ok ? tokenAnswer(granted.value) : oauthError(400, granted.failure.error, granted.failure.description);

/** POST /v1/access_token, with RFC 6749's errors. The client authenticates in the body, as Webex documents it. */
function token(request: ApiRequest, simulation: Simulation): Answer {
  if (!request.contentType.startsWith('application/x-www-form-urlencoded')) {
    return oauthError(400, 'invalid_request', 'Content-Type must be application/x-www-form-urlencoded.');
  }
  const form = new URLSearchParams(request.bodyText);
  const repeated = [...new Set(form.keys())].find((name) => form.getAll(name).length > 1);
  if (repeated) return oauthError(400, 'invalid_request', `${repeated} is given more than once.`);
  const field = (name: string) => form.get(name) ?? '';
  if (field('grant_type') === '') return oauthError(400, 'invalid_request', 'grant_type is required.');
  if (!simulation.tokens.authenticates(field('client_id'), field('client_secret'))) {
    return oauthError(401, 'invalid_client', 'client_id and client_secret are not those of a known client.');
  }
  switch (field('grant_type')) {
    case 'refresh_token':
      if (field('refresh_token') === '') return oauthError(400, 'invalid_request', 'refresh_token is required.');
      return grantAnswer(simulation.tokens.refresh(field('refresh_token'), field('client_id'), request.nowMs));
    case 'authorization_code': {
      const missing = ['code', 'redirect_uri'].find((name) => field(name) === '');
      if (missing) return oauthError(400, 'invalid_request', `${missing} is required.`);
      const proof = {
        clientId: field('client_id'),
        redirectUri: field('redirect_uri'),
        verifier: form.get('code_verifier') ?? undefined,
      };
      return grantAnswer(simulation.tokens.exchangeCode(field('code'), proof, request.nowMs));
    }
    default:
      return oauthError(400, 'unsupported_grant_type', 'grant_type must be authorization_code or refresh_token.');
  }
}

/** POST /v1/applications/{appId}/token: tokens of a Service App, for whoever may manage application tokens. */
function serviceAppToken(request: ApiRequest, simulation: Simulation): Answer {
  const refuse = (status: number, message: string) =>
    json(status, { message, trackingId: request.trackingId }, NO_STORE);
  const bearer = /^Bearer (\S+)$/i.exec(request.authorization)?.[1];
  const manager = simulation.tokens.verify(bearer, request.nowMs);
  if (!manager?.scope.split(' ').includes('spark:applications_token')) {
    return refuse(401, 'The request requires a valid access token with the scope spark:applications_token.');
  }
  const parsed = parseJsonBody(request, ServiceAppTokenRequest);
  if (!parsed.ok) return refuse(400, parsed.failure);
  const { clientId, clientSecret, targetOrgId } = parsed.value;
  if (!simulation.tokens.authenticates(clientId, clientSecret))
    return refuse(400, 'clientId and clientSecret are not those of the application.');
  if (targetOrgId !== simulation.organizationId)
    return refuse(404, 'The organization has not authorized the application.');
  return tokenAnswer(simulation.tokens.issue({ clientId, orgId: targetOrgId, scope: ALL_SCOPES }, request.nowMs));
}

export const oauthRoutes: readonly ApiRoute[] = [
  route('token', { errors: 'oauth', scopes: undefined, handle: token }),
  route('serviceAppToken', { errors: 'general', scopes: undefined, handle: serviceAppToken }),
];
