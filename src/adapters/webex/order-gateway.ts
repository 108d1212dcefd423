import type { CallbackOrder, OrderChange, OrderGateway } from '../../calls/order-gateway.ts';
import type { TaskAnswer } from '../../calls/task-gateway.ts';
import type { EpochMs } from '../../shared/clock.ts';
import type { WebexClient } from './client.ts';
import { WebexScheduledCallbacks } from './scheduled-callbacks.ts';
import { answerOf } from './task-gateway.ts';
import { WebexError } from './webex-error.ts';

/** Two clocks: a callback may bear a creation time a little before our own request. */
const CLOCK_SKEW_MS = 120_000;

/** Webex's scheduled callbacks as the ledger sees them, over the one client. */
export class WebexOrderGateway implements OrderGateway {
  readonly #client: WebexClient;

  constructor(client: WebexClient) {
    this.#client = client;
  }

  async place(order: CallbackOrder, deadlineMs: EpochMs): Promise<TaskAnswer> {
    try {
      const callbacks = new WebexScheduledCallbacks(this.#client, { deadlineMs, lane: 'callbacks' });
      return { outcome: 'placed', taskId: await callbacks.create(order) };
    } catch (error) {
      if (error instanceof WebexError) return answerOf(error);
      throw error;
    }
  }

  async find(order: CallbackOrder, sentAtMs: EpochMs): Promise<string | undefined> {
    const callbacks = new WebexScheduledCallbacks(this.#client, { lane: 'reconcile' });
    return (await callbacks.find(order, sentAtMs - CLOCK_SKEW_MS))?.id;
  }

  async look(callbackId: string): ReturnType<OrderGateway['look']> {
    try {
      const callbacks = new WebexScheduledCallbacks(this.#client, { lane: 'callbacks' });
      return (await callbacks.get(callbackId)) ? 'there' : 'gone';
    } catch (error) {
      if (error instanceof WebexError) return 'unknown';
      throw error;
    }
  }

  move(callbackId: string, order: CallbackOrder): Promise<OrderChange> {
    return this.#change(async (callbacks) => {
      await callbacks.update(callbackId, order);
      return true;
    });
  }

  remove(callbackId: string): Promise<OrderChange> {
    return this.#change((callbacks) => callbacks.remove(callbackId));
  }

  async #change(ask: (callbacks: WebexScheduledCallbacks) => Promise<boolean>): Promise<OrderChange> {
    try {
      const isDone = await ask(new WebexScheduledCallbacks(this.#client, { lane: 'callbacks' }));
      return { outcome: isDone ? 'done' : 'not-there' };
    } catch (error) {
      if (error instanceof WebexError) return changeOf(error);
      throw error;
    }
  }
}

function changeOf(error: WebexError): OrderChange {
  if (error.status === 404) return { outcome: 'not-there' };
  const answer = answerOf(error);
  switch (answer.outcome) {
    case 'rejected':
      return { outcome: 'refused', words: answer.words };
    case 'throttled':
    case 'unsent':
      return { outcome: 'unknown', retryAfterMs: answer.retryAfterMs };
    case 'uncertain':
    case 'placed':
      return { outcome: 'unknown', retryAfterMs: 0 };
  }
}
