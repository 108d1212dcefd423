import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { OpenFile } from '../../campaigns/plan-file.ts';
import type { ByteRange } from '../../campaigns/split/part-deps.ts';
import type { ContactFile } from '../../campaigns/upload.ts';
import { UploadFileError } from '../../campaigns/upload-error.ts';

/** Read at a time: a file is read by ranges, so that no connection has to stay open while the lists are asked. */
const rangeBytes = 8 * 1024 * 1024;

/** Contact files and what is made of them, in their bucket. */
export class S3ContactFiles {
  readonly #client: S3Client;
  readonly #bucket: string;

  /** @param client for links with `requestChecksumCalculation: 'WHEN_REQUIRED'`, or the link demands the checksum of an empty file */
  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async put(key: string, text: string): Promise<void> {
    await this.#client.send(new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: text }));
  }

  /** A link that one can `PUT` a file to. */
  linkToPut(key: string, expiresInSeconds: number): Promise<string> {
    const command = new PutObjectCommand({ Bucket: this.#bucket, Key: key });
    return getSignedUrl(this.#client, command, { expiresIn: expiresInSeconds });
  }

  /** A link to download a file. @param name under which a browser stores it */
  linkToGet(key: string, name: string, expiresInSeconds: number): Promise<string> {
    const command = new GetObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      ResponseContentDisposition: `attachment; filename="${name}"`,
      ResponseContentType: 'text/csv; charset=utf-8',
    });
    return getSignedUrl(this.#client, command, { expiresIn: expiresInSeconds });
  }

  /**
   * @param bytes that are wanted, where that is not all
   * @returns undefined where there is no such file, or another version than the one that is meant.
   */
  async open({ key, etag }: ContactFile, bytes?: ByteRange): Promise<OpenFile | undefined> {
    try {
      const { ContentLength, ETag } = await this.#client.send(
        new HeadObjectCommand({ Bucket: this.#bucket, Key: key }),
      );
      if (ContentLength === undefined || ETag === undefined) throw new Error(`S3 answered without length or ETag.`);
      if (etag !== undefined && bare(etag) !== bare(ETag)) return undefined;
      const wanted = bytes ?? { from: 0, to: ContentLength };
      return { chunks: this.#chunks(key, ETag, wanted), sizeBytes: ContentLength, etag: ETag };
    } catch (error) {
      if (error instanceof NotFound || error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async *#chunks(key: string, etag: string, { from, to }: ByteRange): AsyncGenerator<Uint8Array> {
    let next = from < to ? this.#range(key, etag, from, to) : undefined;
    for (let after = from + rangeBytes; next; after += rangeBytes) {
      const bytes: Uint8Array = await next;
      next = after < to ? this.#range(key, etag, after, to) : undefined;
      // Whoever takes no more pieces waits for none either.
      next?.catch(() => undefined);
      yield bytes;
    }
  }

  async #range(key: string, etag: string, from: number, to: number): Promise<Uint8Array> {
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand({
          Bucket: this.#bucket,
          Key: key,
          IfMatch: etag,
          Range: `bytes=${from}-${Math.min(to, from + rangeBytes) - 1}`,
        }),
      );
      if (!Body) throw new Error(`S3 gave no body for ${key}.`);
      return await Body.transformToByteArray();
    } catch (error) {
      if (isChanged(error)) throw new UploadFileError('The file was replaced while it was read: start a new upload.');
      throw error;
    }
  }
}

const isChanged = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412;

/** Events of S3 tell it without the quotation marks that everything else has. */
const bare = (etag: string): string => etag.replaceAll('"', '');
