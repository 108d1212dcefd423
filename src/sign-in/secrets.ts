import { createHmac, randomBytes } from 'node:crypto';

/** 256 random bits, base64url: 43 characters. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

export const isSecret = (text: string | undefined): text is string => /^[\w-]{43}$/.test(text ?? '');

/** The PKCE verifier follows from the browser's own secret, so nothing on our side has to keep it. */
export const codeVerifierOf = (browserSecret: string): string =>
  createHmac('sha256', browserSecret).update('pkce').digest('base64url');
