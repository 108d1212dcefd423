import type { BlockRecord } from './chunk-states.ts';
import type { UploadStore } from './push-ports.ts';

/** Others may be first so often; a pusher is alone on an upload, so more than that is a fault. */
const roundsMax = 10;

/** Another pusher works on this upload. */
export class PushContendedError extends Error {
  override readonly name = 'PushContendedError';
  readonly code = 'push-contended';
}

/** One block's record, written by several requests of one pusher in turn. */
export class BlockKeeper {
  readonly #store: UploadStore;
  readonly #uploadId: string;
  #record: BlockRecord;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: UploadStore, uploadId: string, record: BlockRecord) {
    this.#store = store;
    this.#uploadId = uploadId;
    this.#record = record;
  }

  get record(): BlockRecord {
    return this.#record;
  }

  /** Writes a change; where another was first, the change is made to what is there now. @throws PushContendedError */
  change(make: (record: BlockRecord) => BlockRecord): Promise<void> {
    const done = this.#turn.then(() => this.#write(make));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #write(make: (record: BlockRecord) => BlockRecord): Promise<void> {
    for (let round = 0; round < roundsMax; round += 1) {
      const after = { ...make(this.#record), version: this.#record.version + 1 };
      if ((await this.#store.writeBlock(this.#uploadId, after)) === 'written') {
        this.#record = after;
        return;
      }
      this.#record = (await this.#store.readBlock(this.#uploadId, this.#record.block)) ?? this.#record;
    }
    throw new PushContendedError(`Block ${this.#record.block} of upload ${this.#uploadId} is written by others.`);
  }
}
