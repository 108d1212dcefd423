import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { TriggerSignature } from '../../src/settings/trigger-schema.ts';

export interface UnsignedDelivery {
  /** Only forms that sign an id carry it. */
  readonly id: string;
  readonly atMs: number;
  readonly body: string;
}

/** The headers that a sender of this form would add; tests and `npm run trigger` are such senders. */
export function signDelivery(
  signature: TriggerSignature,
  secret: string,
  { id, atMs, body }: UnsignedDelivery,
): Record<string, string> {
  const seconds = Math.floor(atMs / 1_000);
  switch (signature.form) {
    case 'standard-webhooks':
      return {
        'webhook-id': id,
        'webhook-timestamp': String(seconds),
        'webhook-signature': new Webhook(secret).sign(id, new Date(seconds * 1_000), body),
      };
    case 'hmac-sha256': {
      const { header, encoding, prefix = '', timestamp } = signature;
      const signed = timestamp
        ? timestamp.signed.replace('{timestamp}', () => String(seconds)).replace('{body}', () => body)
        : body;
      return {
        [header]: prefix + createHmac('sha256', secret).update(signed).digest(encoding),
        ...(timestamp && { [timestamp.header]: String(seconds) }),
      };
    }
    case 'hubspot-v3':
      return {
        'x-hubspot-signature-v3': createHmac('sha256', secret)
          .update(`POST${signature.url}${body}${atMs}`)
          .digest('base64'),
        'x-hubspot-request-timestamp': String(atMs),
      };
  }
}
