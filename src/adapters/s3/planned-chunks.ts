import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { type CampaignChunk, CampaignChunkSchema } from '../../../events/campaign-chunk/schema.ts';
import type { PlannedChunks } from '../../campaigns/push-ports.ts';
import { blockKey } from '../../campaigns/upload-objects.ts';

export interface ObjectsPlace {
  readonly client: S3Client;
  readonly bucket: string;
}

/** A planned block that is not as the plan wrote it. */
export class PlannedBlockError extends Error {
  override readonly name = 'PlannedBlockError';
  readonly code = 'planned-block-unreadable';
}

/** The chunks of a plan, a block an object. */
export class S3PlannedChunks implements PlannedChunks {
  readonly #place: ObjectsPlace;

  constructor(place: ObjectsPlace) {
    this.#place = place;
  }

  /** @throws PlannedBlockError */
  async readBlock(uploadId: string, block: number): Promise<readonly CampaignChunk[]> {
    const { client, bucket } = this.#place;
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: blockKey(uploadId, block) }));
    const text = (await Body?.transformToString()) ?? '';
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const parsed = z.safeParse(CampaignChunkSchema, JSON.parse(line));
        if (parsed.success) return parsed.data;
        throw new PlannedBlockError(`Block ${block} of upload ${uploadId} holds a chunk that cannot be read.`);
      });
  }
}
