import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { RegistryObjects } from '../../registry/ports.ts';

export interface S3ObjectsOptions {
  readonly client: Pick<S3Client, 'send'>;
  readonly bucket: string;
  /** Ends with `/`. @default registry/US/ */
  readonly prefix?: string;
}

/** The registry's files under a prefix of a bucket. */
export class S3Objects implements RegistryObjects {
  readonly #client: Pick<S3Client, 'send'>;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor({ client, bucket, prefix = 'registry/US/' }: S3ObjectsOptions) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  async read(key: string): Promise<{ bytes: Uint8Array; tag: string } | undefined> {
    try {
      const { Body, ETag } = await this.#client.send(new GetObjectCommand(this.#at(key)));
      if (!Body || !ETag) throw new Error(`S3 answered without a body or an ETag for ${key}.`);
      return { bytes: await Body.transformToByteArray(), tag: ETag };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async readRange(key: string, offset: number, length: number): Promise<Uint8Array> {
    const Range = `bytes=${offset}-${offset + length - 1}`;
    const { Body } = await this.#client.send(new GetObjectCommand({ ...this.#at(key), Range }));
    const bytes = await Body?.transformToByteArray();
    if (bytes?.byteLength !== length)
      throw new Error(`S3 gave ${bytes?.byteLength ?? 0} bytes of ${key}, expected ${length}.`);
    return bytes;
  }

  async readInto(key: string, into: Uint8Array): Promise<void> {
    const { Body, ContentLength } = await this.#client.send(new GetObjectCommand(this.#at(key)));
    const bytes = await Body?.transformToByteArray();
    if (!bytes || bytes.byteLength !== into.byteLength) {
      throw new Error(
        `${key} has ${ContentLength ?? bytes?.byteLength ?? 0} bytes in S3, expected ${into.byteLength}.`,
      );
    }
    into.set(bytes);
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    await this.#client.send(new PutObjectCommand({ ...this.#at(key), Body: bytes }));
  }

  async replace(key: string, bytes: Uint8Array, tag: string | undefined): Promise<'replaced' | 'conflict'> {
    const condition = tag === undefined ? { IfNoneMatch: '*' } : { IfMatch: tag };
    try {
      await this.#client.send(new PutObjectCommand({ ...this.#at(key), Body: bytes, ...condition }));
      return 'replaced';
    } catch (error) {
      // 412: another pointer is there; 409: another write is under way; 404: the pointer to compare with is gone.
      if (error instanceof S3ServiceException && [404, 409, 412].includes(error.$metadata.httpStatusCode ?? 0))
        return 'conflict';
      throw error;
    }
  }

  async *list(prefix: string): AsyncGenerator<{ key: string; modifiedMs: number }> {
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: this.#prefix + prefix, ContinuationToken }),
      );
      for (const { Key, LastModified } of page.Contents ?? []) {
        if (Key && LastModified) yield { key: Key.slice(this.#prefix.length), modifiedMs: LastModified.getTime() };
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
  }

  async remove(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand(this.#at(key)));
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }
}
