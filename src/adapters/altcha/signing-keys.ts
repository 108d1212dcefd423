import { createHmac } from 'node:crypto';

/** One key for challenges, another one for their answers, from the one secret. */
export const signingKeys = (secret: string): { hmacSignatureSecret: string; hmacKeySignatureSecret: string } => ({
  hmacSignatureSecret: derived(secret, 'challenge'),
  hmacKeySignatureSecret: derived(secret, 'answer'),
});

const derived = (secret: string, purpose: string): string => createHmac('sha256', secret).update(purpose).digest('hex');
