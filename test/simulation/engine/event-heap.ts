export interface TimedEvent {
  readonly atMs: number;
  /** Events of the same instant come in the order in which they were added. */
  readonly order: number;
  readonly run: () => void;
}

/** A binary heap of events by instant and order. */
export class EventHeap {
  readonly #events: TimedEvent[] = [];
  #added = 0;

  get size(): number {
    return this.#events.length;
  }

  push(atMs: number, run: () => void): void {
    const events = this.#events;
    const event: TimedEvent = { atMs, order: this.#added, run };
    this.#added += 1;
    let index = events.length;
    events.push(event);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = events[parentIndex];
      if (!parent || !before(event, parent)) break;
      events[index] = parent;
      index = parentIndex;
    }
    events[index] = event;
  }

  pop(): TimedEvent | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (!first || !last || first === last) return first;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = events[childIndex];
      if (!child) break;
      const right = events[childIndex + 1];
      if (right && before(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (!before(child, last)) break;
      events[index] = child;
      index = childIndex;
    }
    events[index] = last;
    return first;
  }
}

const before = (one: TimedEvent, other: TimedEvent): boolean =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
