import { createHash, createHmac, randomBytes } from 'node:crypto';

/** SHA-256 in hex. */
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** 128 random bits, base64url: 22 characters. */
export const randomToken = (): string => randomBytes(16).toString('base64url');

/** 128 bits that only who knows the key can compute again, base64url. */
export const derivedToken = (key: string, salt: string): string =>
  createHmac('sha256', key).update(salt).digest().subarray(0, 16).toString('base64url');
