import { PassThrough } from 'node:stream';
import { once } from 'node:events';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { PlanSink } from '../../campaigns/plan-ports.ts';
import { blockKey } from '../../campaigns/upload-objects.ts';
import type { ObjectsPlace } from './planned-chunks.ts';

/** Text that is written piece by piece into one object, however large it becomes. */
export class ObjectText {
  readonly #stream = new PassThrough();
  readonly #written: Promise<unknown>;

  constructor({ client, bucket }: ObjectsPlace, key: string) {
    const params = { Bucket: bucket, Key: key, Body: this.#stream, ContentType: 'text/csv; charset=utf-8' };
    this.#written = new Upload({ client, params, queueSize: 2 }).done();
    this.#written.catch((error: Error) => this.#stream.destroy(error));
  }

  async append(text: string | Uint8Array): Promise<void> {
    if (!this.#stream.write(text)) await Promise.race([once(this.#stream, 'drain'), this.#written]);
  }

  async finish(): Promise<void> {
    this.#stream.end();
    await this.#written;
  }

  /** Leaves no object behind. */
  async abandon(): Promise<void> {
    this.#stream.destroy(new Error('The text is not wanted any more.'));
    await this.#written.catch(() => undefined);
  }
}

/** What a plan of an upload writes: its blocks, and the report of its rejects. */
export class S3PlanSink implements PlanSink {
  readonly #place: ObjectsPlace;
  readonly #uploadId: string;
  readonly #report: ObjectText;

  constructor(place: ObjectsPlace, uploadId: string, reportKey: string) {
    this.#place = place;
    this.#uploadId = uploadId;
    this.#report = new ObjectText(place, reportKey);
  }

  async writeBlock(block: number, lines: Uint8Array): Promise<void> {
    const { client, bucket } = this.#place;
    // The bytes are the planner's own buffer, which is written over as soon as this is done.
    const Key = blockKey(this.#uploadId, block);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: lines, ContentType: 'application/jsonl' }));
  }

  report(text: string): Promise<void> {
    return this.#report.append(text);
  }

  finish(): Promise<void> {
    return this.#report.finish();
  }

  abandon(): Promise<void> {
    return this.#report.abandon();
  }
}
