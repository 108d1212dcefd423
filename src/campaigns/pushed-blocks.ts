import { BlockKeeper } from './block-keeper.ts';
import { type ChunkStatus, arriveChunk, chunksIn, doubtChunk, newBlock, releaseChunk, sizeOf } from './chunk-states.ts';
import type { UploadRecord, UploadStore } from './push-ports.ts';
import type { UncertainChunk } from './resolve-uncertain.ts';

/** All blocks of an upload, as one pusher holds them. */
export class PushedBlocks {
  /** In the order of the plan. */
  readonly keepers: readonly BlockKeeper[];

  private constructor(keepers: readonly BlockKeeper[]) {
    this.keepers = keepers;
  }

  static async open(store: UploadStore, { id, blocks }: Pick<UploadRecord, 'id' | 'blocks'>): Promise<PushedBlocks> {
    const stored = new Map((await store.readBlocks(id)).map((record) => [record.block, record]));
    let firstChunk = 0;
    const keepers = blocks.map((chunks, block) => {
      const record = stored.get(block) ?? newBlock(block, firstChunk, chunks);
      firstChunk += chunks;
      return new BlockKeeper(store, id, record);
    });
    return new PushedBlocks(keepers);
  }

  count(status: ChunkStatus): number {
    return this.keepers.reduce((sum, { record }) => sum + chunksIn(record, status).length, 0);
  }

  /** Contacts of the requests that Webex took. */
  acceptedContacts(): number {
    return this.keepers.reduce((sum, { record }) => {
      const taken = [...chunksIn(record, 'queued'), ...chunksIn(record, 'arrived')];
      return sum + taken.reduce((each, chunk) => each + sizeOf(record, chunk), 0);
    }, 0);
  }

  uncertain(): UncertainChunk[] {
    return this.keepers.flatMap(({ record }) =>
      chunksIn(record, 'uncertain').map((chunk) => ({ chunk, contacts: sizeOf(record, chunk) })),
    );
  }

  /** Whoever sent it is gone, and with it the answer. */
  async doubtWhatWasSent(): Promise<void> {
    const words = 'The pusher stopped before Webex had answered.';
    for (const keeper of this.keepers) {
      if (chunksIn(keeper.record, 'sent').length === 0) continue;
      await keeper.change((record) =>
        chunksIn(record, 'sent').reduce((each, chunk) => doubtChunk(each, chunk, words), record),
      );
    }
  }

  async resolve({ arrived, absent }: { arrived: readonly number[]; absent: readonly number[] }): Promise<void> {
    for (const keeper of this.keepers) {
      const doubted = chunksIn(keeper.record, 'uncertain');
      const here = doubted.filter((chunk) => arrived.includes(chunk) || absent.includes(chunk));
      if (here.length === 0) continue;
      await keeper.change((record) =>
        here.reduce(
          (each, chunk) => (arrived.includes(chunk) ? arriveChunk(each, chunk) : releaseChunk(each, chunk)),
          record,
        ),
      );
    }
  }
}
