import type { Prng } from '../../support/prng.ts';
import type { Engine } from '../engine/engine.ts';
import type { Faults } from '../world/faults.ts';

export interface ChangeStreamOptions<Change> {
  readonly faults: () => Faults;
  /** Changes of the same item are told in order. */
  readonly shardOf: (change: Change) => number;
  /** Runs a batch. @param settled told the index of the first change that failed, or -1; the first one where the worker died. */
  readonly consume: (batch: readonly Change[], settled: (firstFailed: number) => void) => void;
  /** Told of a change that nobody will be told any more. */
  readonly onGivenUp?: (change: Change) => void;
}

const shardsCount = 3;
const batchMax = 100;

/** A table's stream: in order for each item, at least once; a batch that fails comes again from where it failed. */
export class ChangeStream<Change> {
  readonly #shards: { pending: Change[]; busy: boolean; failures: number }[];
  readonly #engine: Engine;
  readonly #chance: Prng;
  readonly #options: ChangeStreamOptions<Change>;

  constructor(engine: Engine, chance: Prng, options: ChangeStreamOptions<Change>) {
    this.#engine = engine;
    this.#chance = chance;
    this.#options = options;
    this.#shards = Array.from({ length: shardsCount }, () => ({ pending: [], busy: false, failures: 0 }));
  }

  add(change: Change): void {
    const shard = this.#options.shardOf(change) % shardsCount;
    this.#shards[shard]?.pending.push(change);
    this.#wake(shard, this.#chance.int(20, 300));
  }

  #wake(index: number, delayMs: number): void {
    const shard = this.#shards[index];
    if (!shard || shard.busy) return;
    shard.busy = true;
    this.#engine.after(delayMs, () => this.#read(index));
  }

  #read(index: number): void {
    const shard = this.#shards[index];
    if (!shard) return;
    const batch = shard.pending.slice(0, batchMax);
    this.#options.consume(batch, (firstFailed) => {
      const done = firstFailed === -1 ? batch.length : firstFailed;
      shard.pending.splice(0, done);
      shard.failures = firstFailed === -1 || done > 0 ? 0 : shard.failures + 1;
      // After its retries a change is given up, which takes Lambda a hundred of them.
      if (shard.failures > 0 && this.#chance.chance(this.#options.faults().streamGivenUp)) this.#giveUp(shard.pending);
      shard.busy = false;
      if (shard.pending.length > 0)
        this.#wake(index, firstFailed === -1 ? 20 : Math.min(60_000, 500 * 2 ** shard.failures));
    });
  }

  #giveUp(pending: Change[]): void {
    const change = pending.shift();
    if (change !== undefined) this.#options.onGivenUp?.(change);
  }
}
