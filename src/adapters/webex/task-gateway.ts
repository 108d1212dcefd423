import type { TaskAnswer, TaskGateway, TaskLookup, TaskRequest, TaskSighting } from '../../calls/task-gateway.ts';
import type { EpochMs } from '../../shared/clock.ts';
import type { WebexClient } from './client.ts';
import { type FoundTask, WebexSearch } from './search.ts';
import { toSighting } from './sighting.ts';
import { type CreateTask, createTask } from './tasks.ts';
import { WebexError } from './webex-error.ts';

/** Where nobody says when to ask again. */
const RETRY_DEFAULT_MS = 10_000;

/** Webex's tasks as the ledger sees them, over the one client. */
export class WebexTaskGateway implements TaskGateway {
  readonly #client: WebexClient;
  readonly #variable: string;
  readonly #search: WebexSearch;

  /** @param variable name of the attribute and String global variable that carries the attempt id. */
  constructor(client: WebexClient, variable: string) {
    this.#client = client;
    this.#variable = variable;
    // Looking up is reconciliation's work, whichever function does it.
    this.#search = new WebexSearch(client, variable, { lane: 'reconcile' });
  }

  async createTask(request: TaskRequest, deadlineMs: EpochMs): Promise<TaskAnswer> {
    try {
      const lane = request.kind === 'callback' ? 'callbacks' : 'outdials';
      const placed = await createTask(this.#client, bodyOf(request, this.#variable), { deadlineMs, lane });
      return { outcome: 'placed', ...placed };
    } catch (error) {
      if (error instanceof WebexError) return answerOf(error);
      throw error;
    }
  }

  /**
   * By task id where Webex gave one; else by the attempt's variable, and then by number and time, because a variable that the
   * organization has not configured never shows in Search. A task that bears another attempt's id is never taken, nor for a
   * callback the person's own call.
   */
  async findTask(lookup: TaskLookup): Promise<TaskSighting | undefined> {
    if (lookup.taskId !== undefined) {
      const task = await this.#search.byTaskId(lookup.taskId, lookup);
      return task && toSighting(task, this.#search.keyOf(task));
    }
    const [marked] = await this.#search.byVariable(lookup.attemptId, lookup);
    if (marked) return toSighting(marked, lookup.attemptId);
    const { type, ...span } = lookup.unmarked;
    const called = await this.#search.byNumber(lookup.number, span);
    const unmarked = called
      .filter((task) => (this.#search.keyOf(task) ?? lookup.attemptId) === lookup.attemptId)
      .filter((task) => type !== 'CALLBACK' || !isOwnCall(task));
    const [first] = unmarked.toSorted((a, b) => a.createdTime - b.createdTime);
    return first && toSighting(first, this.#search.keyOf(first));
  }
}

/**
 * Whether somebody called the contact center: that bears their number as well, and is no callback. Not asked of EXECUTE_FLOW,
 * whose tasks come in by an inbound entry point too.
 */
const isOwnCall = ({ direction, isCallback, isOutdial }: FoundTask): boolean =>
  direction?.toLowerCase() === 'inbound' && isCallback === false && isOutdial === false;

function bodyOf(request: TaskRequest, variable: string): CreateTask {
  const common = {
    destination: request.destination,
    entryPointId: request.entryPointId,
    mediaType: 'telephony',
    attributes: { ...request.attributes, [variable]: request.attemptId },
  } as const;
  if (request.type === 'EXECUTE_FLOW') return { ...common, outboundType: 'EXECUTE_FLOW', origin: request.origin ?? '' };
  const callback = {
    ...common,
    outboundType: 'CALLBACK',
    callback: { callbackOrigin: 'web', callbackType: 'immediate' },
  } as const;
  return request.origin === undefined ? callback : { ...callback, origin: request.origin };
}

/** The one table from an error to what the ledger may conclude. */
export function answerOf(error: WebexError): TaskAnswer {
  const trackingId = error.trackingId === undefined ? {} : { trackingId: error.trackingId };
  const retryAfterMs = error.retryAfterMs ?? RETRY_DEFAULT_MS;
  switch (error.code) {
    case 'request-not-valid':
      return { outcome: 'rejected', words: error.message, ...trackingId };
    case 'rejected':
      return {
        outcome: 'rejected',
        ...(error.status !== undefined && { status: error.status }),
        words: error.words ?? 'no reason given',
        ...trackingId,
      };
    case 'throttled':
      return { outcome: 'throttled', retryAfterMs, ...trackingId };
    case 'no-token':
    case 'no-budget':
    case 'breaker-open':
    case 'deadline-passed':
    case 'unauthorized':
      return { outcome: 'unsent', cause: `${error.code}: ${error.message}`, retryAfterMs };
    case 'no-answer':
      if (error.processed === 'no')
        return { outcome: 'unsent', cause: `${error.code}: ${error.message}`, retryAfterMs };
      return { outcome: 'uncertain', cause: `${error.code}: ${error.message}`, ...trackingId };
    case 'undecided':
    case 'server-error':
    case 'answer-unreadable':
      return { outcome: 'uncertain', cause: `${error.code}: ${error.message}`, ...trackingId };
  }
}
