import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { ContactFile, ContactFiles } from '../../campaigns/schedules/ports.ts';

/** S3: at most 1,000 keys a page, so at most 10,000 files under one prefix. */
const pagesMax = 10;

/** What lies under a prefix of the bucket of contact files. */
export class S3ContactFileList implements ContactFiles {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async list(prefix: string): Promise<readonly ContactFile[] | 'incomplete'> {
    const files: ContactFile[] = [];
    let ContinuationToken: string | undefined;
    for (let page = 1; page <= pagesMax; page += 1) {
      const { Contents = [], NextContinuationToken } = await this.#client.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, ContinuationToken }),
      );
      for (const { Key, ETag, LastModified } of Contents) {
        if (Key === undefined || ETag === undefined || !LastModified) {
          throw new Error(`S3 listed an object under ${prefix} without key, ETag or date.`);
        }
        files.push({ key: Key, etag: ETag, modifiedMs: LastModified.getTime() });
      }
      if (NextContinuationToken === undefined) return files;
      ContinuationToken = NextContinuationToken;
    }
    return 'incomplete';
  }
}
