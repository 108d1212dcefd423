import type { Budget } from '../../../../../src/budget/ports.ts';
import {
  createWebexClient,
  type WebexClient,
  type WebexClientOptions,
} from '../../../../../src/adapters/webex/client.ts';
import type { WebexExchange } from '../../../../../src/adapters/webex/exchange.ts';
import { type HttpAnswer, type HttpRequest, TransportError } from '../../../../../src/adapters/webex/transport.ts';
import type { AccessTokens } from '../../../../../src/tokens/ports.ts';
import { TokenUnavailableError } from '../../../../../src/tokens/errors.ts';

export const NOW_MS = Date.UTC(2026, 10, 20, 12);
export const ORG_ID = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';

export type Reply = HttpAnswer | TransportError | ((request: HttpRequest) => HttpAnswer | TransportError);

export const reply = (status: number, body: unknown = '', headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  bodyComplete: true,
});
export const broken = (processed: 'no' | 'unknown'): TransportError => new TransportError('ECONNRESET', processed);

export interface Stub {
  readonly client: WebexClient;
  readonly requests: HttpRequest[];
  readonly exchanges: WebexExchange[];
  readonly refusedAfterRefresh: string[];
  readonly pauses: number[];
  /** Moves the clock. */
  readonly advance: (durationMs: number) => void;
  /** The JSON body of a request, by its place in the order. */
  readonly body: (index: number) => Record<string, unknown>;
}

/** A client over answers given in order; the last one stays. */
export function stub(
  replies: readonly Reply[],
  over: Partial<WebexClientOptions> & { tokens?: AccessTokens; budget?: Budget } = {},
): Stub {
  let nowMs = NOW_MS;
  const left = [...replies];
  const requests: HttpRequest[] = [];
  const exchanges: WebexExchange[] = [];
  const refusedAfterRefresh: string[] = [];
  const pauses: number[] = [];
  const client = createWebexClient({
    baseUrl: 'https://webex.test',
    orgId: ORG_ID,
    tokens: tokens(),
    clock: { nowMs: () => nowMs, sleep: async (durationMs) => void (nowMs += durationMs) },
    lane: 'callbacks',
    budget: { take: async () => 'granted', pauseUntil: async (instantMs) => void pauses.push(instantMs) },
    observer: {
      exchanged: (exchange) => exchanges.push(exchange),
      refusedAfterRefresh: (operation) => refusedAfterRefresh.push(operation),
    },
    resilience: { retryDelayMs: 1 },
    transport: async (request) => {
      requests.push(request);
      const next = left.length > 1 ? left.shift() : left[0];
      const outcome = typeof next === 'function' ? next(request) : next;
      if (outcome === undefined) throw new Error('the stub has no answer');
      if (outcome instanceof TransportError) throw outcome;
      return outcome;
    },
    ...over,
  });
  return {
    client,
    requests,
    exchanges,
    refusedAfterRefresh,
    pauses,
    advance: (durationMs) => void (nowMs += durationMs),
    body: (index) => JSON.parse(requests[index]?.body ?? 'null') as Record<string, unknown>,
  };
}

/** `token-1`, and after each replacement the next one. */
export function tokens(fails?: 'current' | 'replace'): AccessTokens & { readonly replaced: string[] } {
  const replaced: string[] = [];
  const unavailable = (): never => {
    throw new TokenUnavailableError('no token', 30_000);
  };
  return {
    replaced,
    current: async () => (fails === 'current' ? unavailable() : `token-${replaced.length + 1}`),
    replace: async (rejected) => {
      if (fails === 'replace') unavailable();
      replaced.push(rejected);
      return `token-${replaced.length + 1}`;
    },
  };
}
