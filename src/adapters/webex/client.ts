import { randomUUID } from 'node:crypto';
import { laneWaitsMs } from '../../budget/lane-waits.ts';
import type { Budget, Lane } from '../../budget/ports.ts';
import type { Clock, EpochMs } from '../../shared/clock.ts';
import { TokenUnavailableError } from '../../tokens/errors.ts';
import type { AccessTokens } from '../../tokens/ports.ts';
import { checkRequest, errorFrom, readAnswer } from './answer-reading.ts';
import { exchange, isSuccess, type WebexObserver } from './exchange.ts';
import { type Operation, type OperationFacts, type OperationInput, urlOf } from './operation.ts';
import { createResilience, type ResilienceOptions } from './resilience.ts';
import { createHttpTransport, type HttpAnswer, type HttpTransport } from './transport.ts';
import { WebexError } from './webex-error.ts';

export interface WebexClientOptions {
  /** Such as `https://api.wxcc-us1.cisco.com`. */
  readonly baseUrl: string;
  readonly orgId: string;
  readonly tokens: AccessTokens;
  readonly clock: Clock;
  readonly observer: WebexObserver;
  /** The lane of this function's requests. */
  readonly lane: Lane;
  /** Absent where something else keeps the requests below Webex's limit. */
  readonly budget?: Budget;
  /** How long a request of each lane may wait for the budget. @default what suits 300 requests a minute */
  readonly budgetWaitsMs?: Readonly<Record<Lane, number>>;
  /** Of one request, from connecting to the last byte. */
  readonly timeoutMs?: number;
  readonly resilience?: ResilienceOptions;
  readonly transport?: HttpTransport;
}

export interface SendOptions {
  /** Nothing leaves after this instant, repeats included. */
  readonly deadlineMs?: EpochMs;
  readonly lane?: Lane;
}

export interface WebexAnswer<Answer> {
  readonly status: number;
  readonly value: Answer;
  readonly trackingId?: string;
}

export interface WebexClient {
  readonly orgId: string;
  readonly clock: Clock;
  /** @throws {WebexError} for everything but a readable success. */
  send<Body, Answer>(
    operation: Operation<Body, Answer>,
    input?: OperationInput<Body>,
    options?: SendOptions,
  ): Promise<WebexAnswer<Answer>>;
}

/** A checked request, ready for the wire. */
interface Prepared {
  readonly url: URL;
  readonly body?: string;
  readonly trackingId?: string;
  readonly lane: Lane;
  readonly deadlineMs: EpochMs;
}

const DEFAULT_WAITS_MS = laneWaitsMs({ intervalMs: 0 });

/**
 * The one client for Webex Contact Center. It asks the budget before each request, sends what is safe to repeat again after
 * an outage, and answers one 401 by a fresh token and one repeat, because 401 means that nothing was processed.
 */
export function createWebexClient(options: WebexClientOptions): WebexClient {
  const { clock, tokens, observer, budget } = options;
  const resilience = createResilience(options.resilience);
  const wire = {
    transport: options.transport ?? createHttpTransport(),
    clock,
    observer,
    timeoutMs: options.timeoutMs ?? 10_000,
  };

  async function takeBudget(operation: string, { lane, deadlineMs }: Prepared): Promise<void> {
    if (!budget) return;
    const refused = (why: string, retryAfterMs: number, cause?: unknown): WebexError =>
      new WebexError('no-budget', `${operation} was not sent: ${why}`, {
        operation,
        processed: 'no',
        retryAfterMs,
        cause,
      });
    const maxWaitMs = Math.min(
      (options.budgetWaitsMs ?? DEFAULT_WAITS_MS)[lane],
      Math.max(0, deadlineMs - clock.nowMs()),
    );
    const taken = await budget.take(lane, maxWaitMs).catch((error: unknown) => {
      throw refused('the request budget could not be read', 10_000, error);
    });
    if (taken !== 'granted') throw refused('the request budget is used up', taken.waitMs);
  }

  /** The token of the cache, or after a 401 the one that follows it. */
  async function obtainToken(operation: string, rejected?: string): Promise<string> {
    try {
      return await (rejected === undefined ? tokens.current() : tokens.replace(rejected));
    } catch (error) {
      if (!(error instanceof TokenUnavailableError)) throw error;
      const { retryAfterMs } = error;
      throw new WebexError('no-token', `${operation} was not sent: ${error.message}`, {
        operation,
        processed: 'no',
        retryAfterMs,
        cause: error,
      });
    }
  }

  async function once(operation: OperationFacts, token: string, prepared: Prepared): Promise<HttpAnswer> {
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: 'application/json' };
    if (prepared.body !== undefined) headers['content-type'] = 'application/json';
    if (prepared.trackingId !== undefined) headers['trackingid'] = prepared.trackingId;
    await takeBudget(operation.name, prepared);
    const request = { method: operation.method, url: prepared.url, headers, body: prepared.body };
    return resilience.guarded(operation, () => exchange(wire, operation.name, request, prepared.deadlineMs));
  }

  async function withFreshToken(operation: OperationFacts, prepared: Prepared): Promise<HttpAnswer> {
    const token = await obtainToken(operation.name);
    const first = await once(operation, token, prepared);
    if (first.status !== 401) return first;
    const second = await once(operation, await obtainToken(operation.name, token), prepared);
    if (second.status === 401) observer.refusedAfterRefresh(operation.name, second.headers['trackingid']);
    return second;
  }

  async function failWith(
    operation: OperationFacts,
    answer: HttpAnswer,
    trackingId: string | undefined,
  ): Promise<never> {
    const error = errorFrom(operation.name, answer, trackingId, clock.nowMs());
    if (error.code !== 'throttled') throw error;
    const untilMs = clock.nowMs() + (error.retryAfterMs ?? 0);
    await budget?.pauseUntil(untilMs, `429 on ${operation.name}`).catch((cause: unknown) => {
      // What Webex said outweighs that the other functions could not be told.
      throw errorFrom(operation.name, answer, trackingId, clock.nowMs(), cause);
    });
    throw error;
  }

  return {
    orgId: options.orgId,
    clock,
    async send<Body, Answer>(
      operation: Operation<Body, Answer>,
      input: OperationInput<Body> = {},
      sendOptions: SendOptions = {},
    ) {
      const prepared: Prepared = {
        url: urlOf(options.baseUrl, operation, input),
        body: checkRequest(operation, input.body),
        trackingId: operation.tracking ? `RINGBACK_${randomUUID()}` : undefined,
        lane: sendOptions.lane ?? options.lane,
        deadlineMs: sendOptions.deadlineMs ?? Number.POSITIVE_INFINITY,
      };
      return resilience.repeated(operation, async () => {
        const answer = await withFreshToken(operation, prepared);
        if (!isSuccess(answer)) return failWith(operation, answer, prepared.trackingId);
        const trackingId = answer.headers['trackingid'] ?? prepared.trackingId;
        return { status: answer.status, value: readAnswer(operation, answer, trackingId), trackingId };
      });
    },
  };
}
