import type { CallbackOrder } from '../../calls/order-gateway.ts';
import { scheduledNumberLengthMax } from '../../calls/scheduled-window.ts';
import type { EpochMs } from '../../shared/clock.ts';
import type { ScheduledCallbacks } from '../../suppression/ports.ts';
import { localWindow, toLocal } from './callback-window.ts';
import type { SendOptions, WebexClient } from './client.ts';
import {
  createScheduledCallbackOperation,
  deleteScheduledCallbackOperation,
  getScheduledCallbackOperation,
  listScheduledCallbacksOperation,
  type ScheduledCallback,
  type ScheduledCallbackBody,
  updateScheduledCallbackOperation,
} from './scheduled-callback-operations.ts';
import { WebexError } from './webex-error.ts';

/** 100 a page: nobody has more than a few callbacks ahead. */
const PAGES_MAX = 5;

/**
 * Webex's own scheduled callbacks. There is no idempotency key: after an answer that leaves the effect open (`processed` is
 * `unknown`), look for the callback by number and window before ordering it again.
 * @throws {WebexError} with code `request-not-valid` where the order is outside Webex's limits.
 */
export class WebexScheduledCallbacks implements ScheduledCallbacks {
  readonly #client: WebexClient;
  readonly #options: SendOptions;

  constructor(client: WebexClient, options: SendOptions = {}) {
    this.#client = client;
    this.#options = options;
  }

  /** @returns Webex's id of the callback. */
  async create(order: CallbackOrder): Promise<string> {
    const body = this.#bodyOf('createScheduledCallback', order);
    return (await this.#client.send(createScheduledCallbackOperation, { path: this.#path(), body }, this.#options))
      .value.id;
  }

  async get(id: string): Promise<ScheduledCallback | undefined> {
    try {
      return (await this.#client.send(getScheduledCallbackOperation, { path: this.#path(id) }, this.#options)).value;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async update(id: string, order: CallbackOrder): Promise<void> {
    const body = { ...this.#bodyOf('updateScheduledCallback', order), id };
    await this.#client.send(updateScheduledCallbackOperation, { path: this.#path(id), body }, this.#options);
  }

  /** @returns false where there is none any more: removed before, or its time has come. */
  async remove(id: string): Promise<boolean> {
    try {
      await this.#client.send(deleteScheduledCallbackOperation, { path: this.#path(id) }, this.#options);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  /** All that lie ahead for exactly this number. */
  async byNumber(number: string): Promise<readonly ScheduledCallback[]> {
    const found: ScheduledCallback[] = [];
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const query = { callbackNumber: number, page, pageSize: 100 };
      const { value } = await this.#client.send(
        listScheduledCallbacksOperation,
        { path: this.#path(), query },
        this.#options,
      );
      found.push(...value.data);
      if (page + 1 >= value.meta.totalPages) return found;
    }
    throw new WebexError('answer-unreadable', `listScheduledCallbacks has more than ${PAGES_MAX} pages`, {
      operation: 'listScheduledCallbacks',
      processed: 'yes',
    });
  }

  /** @returns how many there were. */
  async deleteAll(number: string): Promise<number> {
    // Webex's field takes no longer number, so there is no callback to one.
    if (number.length > scheduledNumberLengthMax) return 0;
    const ahead = await this.byNumber(number);
    const removed = await Promise.all(ahead.map(({ id }) => this.remove(id)));
    return removed.filter((gone) => gone).length;
  }

  /**
   * The callback that an order made, if it did: same number, window and queue, and the same agent where Webex tells one. Two calls
   * to one number may have ordered the same window, so nothing that is older than the order is taken.
   * @param sinceMs when the order left at the earliest, a difference of the clocks allowed for.
   */
  async find(order: CallbackOrder, sinceMs?: EpochMs): Promise<ScheduledCallback | undefined> {
    const listed = await this.byNumber(order.number);
    return listed.find(
      (callback) =>
        isWindowOf(callback, order) &&
        (callback.queueId ?? order.queueId) === order.queueId &&
        (callback.assigneeAgent ?? order.assigneeAgent)?.toLowerCase() === order.assigneeAgent?.toLowerCase() &&
        (callback.createdTimestamp ?? Number.POSITIVE_INFINITY) >= (sinceMs ?? Number.NEGATIVE_INFINITY),
    );
  }

  #path(id?: string): Record<string, string> {
    return { orgId: this.#client.orgId, ...(id === undefined ? {} : { id }) };
  }

  #bodyOf(operation: string, order: CallbackOrder): ScheduledCallbackBody {
    return {
      customerName: order.customerName,
      callbackNumber: order.number,
      timezone: order.timeZone,
      ...localWindow(operation, order, this.#client.clock.nowMs()),
      queueId: order.queueId,
      ...(order.reason === undefined ? {} : { callbackReason: order.reason }),
      ...(order.assigneeAgent === undefined ? {} : { assigneeAgent: order.assigneeAgent }),
    };
  }
}

const isNotFound = (error: unknown): boolean => error instanceof WebexError && error.status === 404;

/** A zone has several names, so the window is compared in the zone that Webex tells. */
function isWindowOf(callback: ScheduledCallback, { fromMs, toMs }: CallbackOrder): boolean {
  const wanted = toLocal({ fromMs, toMs, timeZone: callback.timezone });
  return (
    callback.scheduleDate === wanted.scheduleDate &&
    callback.startTime === wanted.startTime &&
    callback.endTime === wanted.endTime
  );
}
