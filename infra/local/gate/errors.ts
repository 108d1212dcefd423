/** A policy uses something that the gate cannot evaluate; it refuses to start rather than guess. */
export class UnsupportedPolicyError extends Error {
  override readonly name = 'UnsupportedPolicyError';
  readonly code = 'unsupported-policy';
}

/** The gate cannot tell what a request wants to do, so nobody but the admin may send it. */
export class UnsupportedRequestError extends Error {
  override readonly name = 'UnsupportedRequestError';
  readonly code = 'unsupported-request';
}
