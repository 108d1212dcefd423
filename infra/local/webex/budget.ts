const WINDOW_MS = 60_000;

export type Admission = { readonly admitted: true } | { readonly admitted: false; readonly retryAfterSeconds: number };

/** Instants of one client, oldest first; those before `head` have left the window. */
interface Window {
  instantsMs: number[];
  head: number;
}

/**
 * Requests a minute for each client id, over a sliding window: nobody says how Webex counts, and whoever keeps within the
 * limit in every 60 seconds keeps within it in any fixed minute too. A refused request does not count.
 */
export class RequestBudget {
  readonly #windows = new Map<string, Window>();

  /** Takes up the count of an earlier run; instants oldest first. */
  restore(clientId: string, takenAtMs: readonly number[]): void {
    this.#windows.set(clientId, { instantsMs: [...takenAtMs], head: 0 });
  }

  clear(): void {
    this.#windows.clear();
  }

  take(clientId: string, nowMs: number, requestsPerMinute: number): Admission {
    const window = this.#windowAt(clientId, nowMs);
    const { instantsMs, head } = window;
    const blockingMs = instantsMs[instantsMs.length - requestsPerMinute];
    if (instantsMs.length - head >= requestsPerMinute && blockingMs !== undefined) {
      return { admitted: false, retryAfterSeconds: Math.max(1, Math.ceil((blockingMs + WINDOW_MS - nowMs) / 1_000)) };
    }
    instantsMs.push(nowMs);
    return { admitted: true };
  }

  /** Requests counted in the last minute. */
  used(clientId: string, nowMs: number): number {
    const { instantsMs, head } = this.#windowAt(clientId, nowMs);
    return instantsMs.length - head;
  }

  #windowAt(clientId: string, nowMs: number): Window {
    const window = this.#windows.get(clientId) ?? { instantsMs: [], head: 0 };
    this.#windows.set(clientId, window);
    while ((window.instantsMs[window.head] ?? Number.POSITIVE_INFINITY) <= nowMs - WINDOW_MS) window.head += 1;
    // Cutting the front only when half of it is dead keeps a request cheap at any rate.
    if (window.head * 2 > window.instantsMs.length) {
      window.instantsMs = window.instantsMs.slice(window.head);
      window.head = 0;
    }
    return window;
  }
}
