/** No access token can be had now; nothing may be failed for it, everything waits. */
export class TokenUnavailableError extends Error {
  override readonly name = 'TokenUnavailableError';
  readonly code = 'token-unavailable';
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The refresh token is no longer taken (`invalid_grant`): an administrator has to sign in to Webex again. */
export class RefreshTokenDeadError extends Error {
  override readonly name = 'RefreshTokenDeadError';
  readonly code = 'refresh-token-dead';
}

/** The token endpoint refused the request for another reason than a dead refresh token, such as a wrong client secret. */
export class TokenRequestRefusedError extends Error {
  override readonly name = 'TokenRequestRefusedError';
  readonly code = 'token-request-refused';
  readonly oauthError: string;

  constructor(oauthError: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.oauthError = oauthError;
  }
}

/** The secret's content is not what a sign-in stores; the message names the field, never a value. */
export class CredentialsUnreadableError extends Error {
  override readonly name = 'CredentialsUnreadableError';
  readonly code = 'credentials-unreadable';
}

/** The secret holds the OAuth client and no tokens yet, or not even the client: an administrator has to sign in to Webex. */
export class NotSignedInError extends Error {
  override readonly name = 'NotSignedInError';
  readonly code = 'not-signed-in';
}

/** Webex refused the token that was about to become current, or it belongs to another organization. */
export class PendingTokenRefusedError extends Error {
  override readonly name = 'PendingTokenRefusedError';
  readonly code = 'pending-token-refused';
  /** Webex answered 401: it does not know the token (any more). Otherwise the token is good, and another organization's. */
  readonly isUnknownToWebex: boolean;

  constructor(message: string, options: ErrorOptions & { readonly isUnknownToWebex?: boolean } = {}) {
    super(message, options);
    this.isUnknownToWebex = options.isUnknownToWebex ?? false;
  }
}

/** Somebody signed in again while a rotation of the old credentials was under way; the sign-in wins, the rotation is over. */
export class RotationSupersededError extends Error {
  override readonly name = 'RotationSupersededError';
  readonly code = 'rotation-superseded';
}

/** Secrets Manager asked for a step that the secret's versions do not allow. */
export class RotationStepError extends Error {
  override readonly name = 'RotationStepError';
  readonly code = 'rotation-step-not-possible';
}
