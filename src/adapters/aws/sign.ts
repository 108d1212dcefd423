import { type KeyObject, createHmac, createSecretKey, hash } from 'node:crypto';
import type { EpochMs } from '../../shared/clock.ts';
import type { AwsCredentials } from './credentials.ts';

/** A POST whose whole meaning is in its body, as every request of AWS's JSON protocols is. */
export interface UnsignedRequest {
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<'content-type' | 'x-amz-target', string>>;
  readonly body: string;
}

const algorithm = 'AWS4-HMAC-SHA256';

/**
 * Signs requests to one service in one region: AWS Signature Version 4
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 */
export class Signer {
  readonly #credentials: AwsCredentials;
  readonly #region: string;
  readonly #service: string;
  #dayKey: { readonly day: string; readonly key: KeyObject } | undefined;

  constructor(credentials: AwsCredentials, region: string, service: string) {
    this.#credentials = credentials;
    this.#region = region;
    this.#service = service;
  }

  /** The headers that the request is to be sent with. */
  sign({ host, path, headers, body }: UnsignedRequest, nowMs: EpochMs): Record<string, string> {
    const { accessKeyId, sessionToken } = this.#credentials;
    const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
    const day = time.slice(0, 8);
    // Canonical headers stand in the order of their names.
    const signed: Record<string, string> = {
      'content-type': headers['content-type'],
      host,
      'x-amz-date': time,
      ...(sessionToken && { 'x-amz-security-token': sessionToken }),
      'x-amz-target': headers['x-amz-target'],
    };
    const names = Object.keys(signed).join(';');
    const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`);
    const canonical = `POST\n${path}\n\n${lines.join('')}\n${names}\n${hash('sha256', body)}`;
    const scope = `${day}/${this.#region}/${this.#service}/aws4_request`;
    const signature = hmac(this.#keyOf(day), `${algorithm}\n${time}\n${scope}\n${hash('sha256', canonical)}`);
    return {
      ...signed,
      authorization: `${algorithm} Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature.toString('hex')}`,
    };
  }

  /** The key of a day is the same for all its requests. As a key object it is ready to use; bytes would be read anew each time. */
  #keyOf(day: string): KeyObject {
    if (this.#dayKey?.day !== day) {
      const ofDay = hmac(`AWS4${this.#credentials.secretAccessKey}`, day);
      const key = hmac(hmac(hmac(ofDay, this.#region), this.#service), 'aws4_request');
      this.#dayKey = { day, key: createSecretKey(key) };
    }
    return this.#dayKey.key;
  }
}

const hmac = (key: KeyObject | Buffer | string, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();
