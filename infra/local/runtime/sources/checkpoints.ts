import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { writeFileAtomically } from '../atomic-file.ts';

const CheckpointSchema = z.object({
  /** The engine's own name of the stream: a table that was made anew has another one. */
  streamArn: z.string(),
  shards: z.record(z.string(), z.object({ sequenceNumber: z.optional(z.string()), isFinished: z.boolean() })),
});

export type ShardCheckpoint = z.infer<typeof CheckpointSchema>['shards'][string];

/** How far a stream has been read, shard by shard, kept in a file so that a restart goes on where this run stopped. */
export class Checkpoints {
  readonly #file: string;
  readonly #streamArn: string;
  readonly #shards: Map<string, ShardCheckpoint>;
  /** Whether an earlier run has read this very stream. */
  readonly isResumed: boolean;
  #saving: Promise<void> = Promise.resolve();

  constructor(file: string, streamArn: string) {
    this.#file = file;
    this.#streamArn = streamArn;
    mkdirSync(dirname(file), { recursive: true });
    const kept = existsSync(file) ? CheckpointSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
    this.isResumed = kept?.streamArn === streamArn;
    this.#shards = new Map(this.isResumed ? Object.entries(kept?.shards ?? {}) : []);
  }

  of(shardId: string): ShardCheckpoint {
    return this.#shards.get(shardId) ?? { isFinished: false };
  }

  /** Resolves when the file holds the new state. */
  async set(shardId: string, checkpoint: ShardCheckpoint): Promise<void> {
    this.#shards.set(shardId, checkpoint);
    await this.save();
  }

  /** Forgets shards that the stream no longer has. */
  keepOnly(shardIds: ReadonlySet<string>): void {
    for (const shardId of this.#shards.keys()) if (!shardIds.has(shardId)) this.#shards.delete(shardId);
  }

  /** Writes one after the other: two shards may move on at the same time. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(() =>
      writeFileAtomically(
        this.#file,
        JSON.stringify({ streamArn: this.#streamArn, shards: Object.fromEntries(this.#shards) }),
      ),
    );
    return this.#saving;
  }
}
