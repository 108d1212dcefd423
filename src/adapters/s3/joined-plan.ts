import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { JoinTarget } from '../../campaigns/split/part-deps.ts';
import { blockKey, rejectsKey } from '../../campaigns/upload-objects.ts';
import { ObjectText } from './plan-objects.ts';
import type { ObjectsPlace } from './planned-chunks.ts';

/** Written at the same time: blocks follow each other faster than S3 answers. A block has at most 4.6 MB. */
const writesMax = 8;

/** Where the ranges of a plan are joined: nothing is asked between its blocks, so several are written at once. */
export class S3JoinTarget implements JoinTarget {
  readonly #place: ObjectsPlace;
  readonly #uploadId: string;
  readonly #writes = new Set<Promise<unknown>>();
  readonly report: ObjectText;

  constructor(place: ObjectsPlace, uploadId: string) {
    this.#place = place;
    this.#uploadId = uploadId;
    this.report = new ObjectText(place, rejectsKey(uploadId));
  }

  async writeBlock(block: number, lines: Uint8Array): Promise<void> {
    if (this.#writes.size >= writesMax) await Promise.race(this.#writes);
    const { client, bucket } = this.#place;
    // The bytes are the writer's own buffer, which is written over as soon as this returns.
    const Body = Buffer.from(lines);
    const Key = blockKey(this.#uploadId, block);
    const write = client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType: 'application/jsonl' }));
    this.#writes.add(write);
    write.then(
      () => this.#writes.delete(write),
      // It stays among the writes, so that whoever waits for one is told.
      () => undefined,
    );
  }

  async settled(): Promise<void> {
    await Promise.all(this.#writes);
  }
}
