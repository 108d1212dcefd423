import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { GrowingObject, SplitObjects } from '../../campaigns/split/ports.ts';
import { S3ContactFiles } from './contact-files.ts';
import { ObjectText } from './plan-objects.ts';
import type { ObjectsPlace } from './planned-chunks.ts';

/** What the steps of a plan in parts hand on, in the bucket of the contact files. */
export class S3SplitObjects implements SplitObjects {
  readonly #place: ObjectsPlace;
  readonly #files: S3ContactFiles;

  constructor(place: ObjectsPlace) {
    this.#place = place;
    this.#files = new S3ContactFiles(place.client, place.bucket);
  }

  async read(key: string): Promise<Uint8Array> {
    const { client, bucket } = this.#place;
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (!Body) throw new Error(`S3 gave no body for ${key}.`);
    return Body.transformToByteArray();
  }

  async *readPieces(key: string): AsyncGenerator<Uint8Array> {
    const found = await this.#files.open({ key });
    if (!found) throw new Error(`There is no ${key}.`);
    yield* found.chunks;
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    const { client, bucket } = this.#place;
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
  }

  begin(key: string): GrowingObject {
    return new ObjectText(this.#place, key);
  }
}
