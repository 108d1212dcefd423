import * as z from 'zod';
import { OAuthError, type OperationContract } from './common.ts';

export const AuthorizeQuery = z.looseObject({
  response_type: z.literal('code'),
  client_id: z.string().min(1),
  redirect_uri: z.url(),
  scope: z.string().min(1),
  state: z.string().optional(),
  code_challenge: z.string().optional(),
  code_challenge_method: z.literal('S256').optional(),
});

/** Members beside these are ignored, as RFC 6749 section 3.2 asks. */
export const TokenRequest = z.looseObject({
  grant_type: z.enum(['authorization_code', 'refresh_token']),
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  code: z.string().optional(),
  redirect_uri: z.string().optional(),
  code_verifier: z.string().optional(),
  refresh_token: z.string().optional(),
});

export const TokenResponse = z.looseObject({
  /** `<secret>_<cluster>_<orgId>`. */
  access_token: z.string().regex(/^[^_\s]+_[^_\s]+_[0-9a-fA-F-]{36}$/),
  expires_in: z.int().positive(),
  refresh_token: z.string().min(1),
  refresh_token_expires_in: z.int().positive(),
  token_type: z.string().regex(/^bearer$/i),
});

export const ServiceAppTokenRequest = z.strictObject({
  clientId: z.string().min(1, 'must not be empty'),
  clientSecret: z.string().min(1, 'must not be empty'),
  targetOrgId: z.string().min(1, 'must not be empty'),
});

export const oauthOperations = {
  token: {
    method: 'POST',
    path: '/v1/access_token',
    contentType: 'application/x-www-form-urlencoded',
    body: TokenRequest,
    trackingId: false,
    responses: { 200: TokenResponse, 400: OAuthError, 401: OAuthError },
  },
  serviceAppToken: {
    method: 'POST',
    path: '/v1/applications/{appId}/token',
    contentType: 'application/json',
    body: ServiceAppTokenRequest,
    trackingId: false,
    responses: {
      200: TokenResponse,
      400: z.looseObject({ message: z.string() }),
      401: z.looseObject({ message: z.string() }),
      404: z.looseObject({ message: z.string() }),
    },
  },
} satisfies Record<string, OperationContract>;
