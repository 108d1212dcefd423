import { createHmac, timingSafeEqual } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { TriggerSignature, TriggerSource } from '../settings/trigger-schema.ts';
import type { EpochMs } from '../shared/clock.ts';
import { sha256 } from '../shared/digest.ts';
import { type Result, fail, ok } from '../shared/result.ts';

/** What a sender sent, before anybody has looked into it. */
export interface Delivery {
  readonly method: string;
  /** Without the question mark. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface SignedDelivery {
  /** SHA-256 of what was signed, hex: the same only for the very same delivery, however its headers are written. */
  readonly sha256: string;
  /** An id that the sender signs and repeats whenever it sends the same message again. */
  readonly id?: string;
  /** Whether the time of sending is signed, so that the delivery grows stale. */
  readonly isStamped: boolean;
}

export type SignatureFailure = 'unsigned' | 'stale' | 'wrong';

/** What a form of signature makes of a delivery: what was signed, by which signatures and when. */
interface Claim {
  readonly signed: Buffer;
  /** The sender's signatures; one that fits is enough. */
  readonly signatures: readonly Buffer[];
  readonly sentAtMs?: EpochMs;
  readonly id?: string;
  readonly sign: (secret: string) => Buffer;
}

/**
 * Whether a delivery is signed with one of the secrets, lately.
 * @param secrets newest first; a sender may go on with the one before while a secret is changed.
 * @throws where a secret of Standard Webhooks is not base64.
 */
export function verifySignature(
  delivery: Delivery,
  { signature, toleranceSeconds }: Pick<TriggerSource, 'signature' | 'toleranceSeconds'>,
  secrets: readonly string[],
  nowMs: EpochMs,
): Result<SignedDelivery, SignatureFailure> {
  const claim = claimOf(delivery, signature);
  if (!claim) return fail('unsigned');
  const { signed, signatures, sentAtMs, id, sign } = claim;
  if (!secrets.some((secret) => signatures.some((given) => isEqual(given, sign(secret))))) return fail('wrong');
  // After the signature, so that nobody without the secret learns anything from a time.
  if (sentAtMs !== undefined && Math.abs(nowMs - sentAtMs) > toleranceSeconds * 1_000) return fail('stale');
  return ok({
    sha256: sha256(signed),
    ...(id !== undefined && { id }),
    isStamped: sentAtMs !== undefined,
  });
}

function claimOf(delivery: Delivery, signature: TriggerSignature): Claim | undefined {
  switch (signature.form) {
    case 'standard-webhooks':
      return standardWebhooksClaim(delivery);
    case 'hmac-sha256':
      return hmacClaim(delivery, signature);
    case 'hubspot-v3':
      return hubspotClaim(delivery, signature.url);
  }
}

/** standardwebhooks.com: `<id>.<seconds>.<body>`, and a list of signatures of which those marked `v1` are HMAC-SHA256. */
function standardWebhooksClaim({ headers, body }: Delivery): Claim | undefined {
  const id = headers['webhook-id'];
  const seconds = headers['webhook-timestamp'];
  const list = headers['webhook-signature'];
  if (!id || id.length > 200 || !seconds || !/^[1-9]\d{0,10}$/.test(seconds) || !list) return undefined;
  const sentAtMs = Number(seconds) * 1_000;
  const text = body.toString('utf8');
  return {
    id,
    sentAtMs,
    signed: Buffer.from(`${id}.${seconds}.${text}`),
    signatures: signaturesV1(list),
    // The package's own `verify` reads the machine's clock and knows one tolerance, so its `sign` is compared instead.
    sign: (secret) => signatureV1(new Webhook(secret).sign(id, new Date(sentAtMs), text)),
  };
}

/** More than one stand there while a sender changes its secret; nobody has that many. */
const signaturesMax = 10;

const signaturesV1 = (list: string): Buffer[] =>
  list
    .split(' ')
    .slice(0, signaturesMax)
    .filter((versioned) => versioned.startsWith('v1,'))
    .map(signatureV1);

const signatureV1 = (versioned: string): Buffer => Buffer.from(versioned.slice('v1,'.length), 'base64');

function hmacClaim(
  { headers, body }: Delivery,
  { header, encoding, prefix = '', timestamp }: Extract<TriggerSignature, { form: 'hmac-sha256' }>,
): Claim | undefined {
  const given = headers[header];
  if (!given?.startsWith(prefix)) return undefined;
  const time = timestamp && headers[timestamp.header];
  if (timestamp && (time === undefined || !/^[1-9]\d{0,14}$/.test(time))) return undefined;
  const signed = timestamp ? filled(timestamp.signed, time ?? '', body) : body;
  return {
    signed,
    signatures: [Buffer.from(given.slice(prefix.length), encoding)],
    ...(time !== undefined && { sentAtMs: instantOf(Number(time)) }),
    sign: (secret) => hmac(secret, signed),
  };
}

/** Seconds of today have ten digits, milliseconds thirteen. */
const instantOf = (count: number): EpochMs => (count < 100_000_000_000 ? count * 1_000 : count);

/** Bytes, not text: a body need not be UTF-8 to be signed. */
function filled(template: string, time: string, body: Buffer): Buffer {
  const [before = '', after = ''] = template.split('{body}').map((part) => part.replace('{timestamp}', () => time));
  return Buffer.concat([Buffer.from(before), body, Buffer.from(after)]);
}

/** HubSpot, Validating requests, v3: method, URL as it is called, body and milliseconds; base64. */
function hubspotClaim({ method, query, headers, body }: Delivery, url: string): Claim | undefined {
  const given = headers['x-hubspot-signature-v3'];
  const time = headers['x-hubspot-request-timestamp'];
  if (!given || !time || !/^[1-9]\d{0,14}$/.test(time)) return undefined;
  const uri = url.includes('?') || !query ? url : `${url}?${query}`;
  const signed = Buffer.concat([Buffer.from(`${method}${hubspotUri(uri)}`), body, Buffer.from(time)]);
  return {
    signed,
    signatures: [Buffer.from(given, 'base64')],
    sentAtMs: Number(time),
    sign: (secret) => hmac(secret, signed),
  };
}

/** HubSpot signs the URL with these characters decoded, and no other ones. */
const hubspotUri = (uri: string): string =>
  uri.replaceAll(/%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, (coded) => decodeURIComponent(coded));

const hmac = (secret: string, content: Buffer): Buffer => createHmac('sha256', secret).update(content).digest();

const isEqual = (given: Buffer, wanted: Buffer): boolean =>
  given.byteLength === wanted.byteLength && timingSafeEqual(given, wanted);
