import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '../../shared/clock.ts';
import type { PostedForm } from './form-post.ts';

/** How long a page may be read before its button asks once more. */
export const confirmationMs = 10 * 60_000;

type Confirmed = Pick<PostedForm, 'values' | 'consent' | 'key'>;

/**
 * Proves that somebody was shown what will happen with exactly these answers. It is good for one call, because the form's key
 * is in it, and a key gives the same answer for longer than the confirmation is good.
 */
export const signConfirmation = (secret: string, form: Confirmed, nowMs: EpochMs): string => {
  const expiresAtMs = nowMs + confirmationMs;
  return `${expiresAtMs}.${sign(secret, form, expiresAtMs).toString('base64url')}`;
};

export function isConfirmed(
  secret: string,
  form: Confirmed & Pick<PostedForm, 'confirmation'>,
  nowMs: EpochMs,
): boolean {
  const [expires = '', signature = ''] = form.confirmation.split('.');
  const expiresAtMs = Number(expires);
  if (!(expiresAtMs > nowMs)) return false;
  const [signed, given] = [sign(secret, form, expiresAtMs), Buffer.from(signature, 'base64url')];
  return signed.length === given.length && timingSafeEqual(signed, given);
}

/** A browser sends a line break as two characters, whichever it was given. */
function sign(secret: string, { values, consent, key }: Confirmed, expiresAtMs: EpochMs): Buffer {
  const text = JSON.stringify([values, consent, key, expiresAtMs]).replaceAll(String.raw`\r\n`, String.raw`\n`);
  return createHmac('sha256', secret).update(`confirmation ${text}`).digest();
}
