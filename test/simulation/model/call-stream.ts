import type { Call } from '../../../src/calls/call.ts';
import type { Prng } from '../../support/prng.ts';
import type { Engine } from '../engine/engine.ts';
import type { Faults } from '../world/faults.ts';

export interface StreamRecord {
  readonly call: Call;
  readonly before: Call | undefined;
}

/** Runs a batch. @param settled told the index of the first record that failed, or -1, or that the worker died. */
export type StreamConsumer = (batch: readonly StreamRecord[], settled: (firstFailed: number) => void) => void;

const shardsCount = 3;
const batchMax = 100;

/** The table's stream: in order for each call, at least once; a batch that fails comes again from where it failed. */
export class CallStream {
  readonly #shards: { pending: StreamRecord[]; busy: boolean; failures: number }[];
  readonly #engine: Engine;
  readonly #chance: Prng;
  readonly #faults: () => Faults;
  readonly #consume: StreamConsumer;

  constructor(engine: Engine, chance: Prng, faults: () => Faults, consume: StreamConsumer) {
    this.#engine = engine;
    this.#chance = chance;
    this.#faults = faults;
    this.#consume = consume;
    this.#shards = Array.from({ length: shardsCount }, () => ({ pending: [], busy: false, failures: 0 }));
  }

  add(record: StreamRecord): void {
    const shard = Number.parseInt(record.call.id.slice(-4), 16) % shardsCount;
    this.#shards[shard]?.pending.push(record);
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
    this.#consume(batch, (firstFailed) => {
      const done = firstFailed === -1 ? batch.length : firstFailed;
      shard.pending.splice(0, done);
      shard.failures = firstFailed === -1 || done > 0 ? 0 : shard.failures + 1;
      // After its retries a record is given up, which takes Lambda a hundred of them; the sweep must make good for it.
      if (shard.failures > 0 && this.#chance.chance(this.#faults().streamGivenUp)) shard.pending.shift();
      shard.busy = false;
      if (shard.pending.length > 0)
        this.#wake(index, firstFailed === -1 ? 20 : Math.min(60_000, 500 * 2 ** shard.failures));
    });
  }
}
