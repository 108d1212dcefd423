import type { Prng } from '../../support/prng.ts';
import type { Engine } from '../engine/engine.ts';
import type { Faults } from '../world/faults.ts';

interface Message {
  readonly callId: string;
  receives: number;
}

/** Runs a batch; each message's fate is told once it is known. */
export type Consumer = (callIds: readonly string[], settled: (failed: readonly boolean[]) => void) => void;

const batchMax = 5;
const visibilityMs = 180_000;
const receivesMax = 5;

/** SQS: messages come late, out of order and twice; what was not deleted comes again; after five times it is a dead letter. */
export class SimulatedQueue {
  deadLetters = 0;
  readonly #ready: Message[] = [];
  readonly #engine: Engine;
  readonly #chance: Prng;
  readonly #faults: () => Faults;
  readonly #consume: Consumer;
  #polling = false;

  constructor(engine: Engine, chance: Prng, faults: () => Faults, consume: Consumer) {
    this.#engine = engine;
    this.#chance = chance;
    this.#faults = faults;
    this.#consume = consume;
  }

  send(callId: string, delaySeconds: number): void {
    const { messageDoubled, messageLateMs } = this.#faults();
    const copies = this.#chance.chance(messageDoubled) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const lateMs = messageLateMs > 0 && this.#chance.chance(0.2) ? this.#chance.int(0, messageLateMs) : 0;
      const message = { callId, receives: 0 };
      this.#engine.after(delaySeconds * 1_000 + lateMs + this.#chance.int(5, 60), () => this.#show(message));
    }
  }

  #show(message: Message): void {
    this.#ready.push(message);
    if (this.#polling) return;
    this.#polling = true;
    this.#engine.after(this.#chance.int(1, 40), () => this.#poll());
  }

  #poll(): void {
    this.#polling = false;
    while (this.#ready.length > 0) {
      const batch: Message[] = [];
      const size = this.#chance.int(1, batchMax);
      while (batch.length < size && this.#ready.length > 0) {
        const [message] = this.#ready.splice(this.#chance.int(0, this.#ready.length - 1), 1);
        if (message) batch.push(message);
      }
      this.#receive(batch);
    }
  }

  #receive(batch: readonly Message[]): void {
    const visibleAgainAtMs = this.#engine.nowMs + visibilityMs;
    for (const message of batch) message.receives += 1;
    this.#consume(
      batch.map((message) => message.callId),
      (failed) => {
        for (const [index, message] of batch.entries()) {
          const again = failed[index] === true || this.#chance.chance(this.#faults().messageNotDeleted);
          if (!again) continue;
          if (message.receives >= receivesMax) this.deadLetters += 1;
          else this.#engine.at(visibleAgainAtMs, () => this.#show(message));
        }
      },
    );
  }
}
