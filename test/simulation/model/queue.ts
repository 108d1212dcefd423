import type { Prng } from '../../support/prng.ts';
import type { Engine } from '../engine/engine.ts';
import type { Faults } from '../world/faults.ts';

interface Message {
  readonly body: string;
  receives: number;
}

export interface QueueOptions {
  readonly faults: () => Faults;
  /** From a receive until the message is seen again. */
  readonly visibilityMs: number;
  readonly receivesMax: number;
  /** Runs a batch; each message's fate is told once it is known. */
  readonly consume: (bodies: readonly string[], settled: (failed: readonly boolean[]) => void) => void;
  readonly onDeadLetter?: (body: string) => void;
}

const batchMax = 5;

/** SQS: messages come late, out of order and twice; what was not deleted comes again, and after so many times it is a dead letter. */
export class SimulatedQueue {
  readonly #ready: Message[] = [];
  readonly #engine: Engine;
  readonly #chance: Prng;
  readonly #options: QueueOptions;
  #polling = false;

  constructor(engine: Engine, chance: Prng, options: QueueOptions) {
    this.#engine = engine;
    this.#chance = chance;
    this.#options = options;
  }

  send(body: string, delaySeconds: number): void {
    const { messageDoubled, messageLateMs } = this.#options.faults();
    const copies = this.#chance.chance(messageDoubled) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const lateMs = messageLateMs > 0 && this.#chance.chance(0.2) ? this.#chance.int(0, messageLateMs) : 0;
      const message = { body, receives: 0 };
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
    const { faults, visibilityMs, receivesMax, consume, onDeadLetter } = this.#options;
    const visibleAgainAtMs = this.#engine.nowMs + visibilityMs;
    for (const message of batch) message.receives += 1;
    consume(
      batch.map((message) => message.body),
      (failed) => {
        for (const [index, message] of batch.entries()) {
          const again = failed[index] === true || this.#chance.chance(faults().messageNotDeleted);
          if (!again) continue;
          if (message.receives >= receivesMax) onDeadLetter?.(message.body);
          else this.#engine.at(visibleAgainAtMs, () => this.#show(message));
        }
      },
    );
  }
}
