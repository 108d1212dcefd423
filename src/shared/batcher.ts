/** What became of one item; a failure of it alone leaves the others as they are. */
export type BatchedOutcome<Outcome> = { readonly value: Outcome } | { readonly failure: Error };

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (value: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Joins what is asked for at the same time into few requests, of `itemsMax` each. Nothing is held back: a request leaves
 * before the process turns to anything else, so one item alone makes one request of one.
 */
export class Batcher<Item, Outcome> {
  readonly #itemsMax: number;
  readonly #run: (items: readonly Item[]) => Promise<readonly BatchedOutcome<Outcome>[]>;
  #waiting: Waiting<Item, Outcome>[] = [];

  /** @param run answers for each item, in their order; where it throws, all of its items have failed. */
  constructor(itemsMax: number, run: (items: readonly Item[]) => Promise<readonly BatchedOutcome<Outcome>[]>) {
    this.#itemsMax = itemsMax;
    this.#run = run;
  }

  do(item: Item): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#waiting.length >= this.#itemsMax) this.#flush();
      else if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length > 0) void this.#settle(batch);
  }

  async #settle(batch: readonly Waiting<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.#run(batch.map(({ item }) => item));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const outcome = outcomes[index] ?? {
          failure: new Error('A request for many items did not answer for one of them.'),
        };
        if ('value' in outcome) resolve(outcome.value);
        else reject(outcome.failure);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
