import type { BucketRules } from '../../../src/budget/bucket.ts';
import { laneWaitsMs } from '../../../src/budget/lane-waits.ts';
import type { BucketState, Budget, Lane } from '../../../src/budget/ports.ts';
import { BudgetContendedError, SharedBudget } from '../../../src/budget/shared-budget.ts';
import { TokenUnavailableError } from '../../../src/tokens/errors.ts';
import type { AccessTokens } from '../../../src/tokens/ports.ts';
import type { Prng } from '../../support/prng.ts';
import { ServiceFault, type ServiceFaults, reliable } from '../engine/invocation.ts';
import type { Worker } from '../engine/worker.ts';
import type { Webex } from './webex.ts';

/** Of one request, from connecting to the last byte. */
const timeoutMs = 10_000;

/** The one bucket of the stack's client id, in its table. */
export interface SharedBucket {
  state: BucketState | undefined;
}

export interface WireDeps {
  readonly worker: Worker;
  readonly webex: Webex;
  readonly tokens: AccessTokens;
  readonly bucket: SharedBucket;
  readonly rules: BucketRules;
  readonly chance: Prng;
  readonly serviceFaults: () => ServiceFaults;
}

export interface WireRequest<T> {
  /** For the trace. */
  readonly what: string;
  readonly lane: Lane;
  readonly deadlineMs: number;
  /** The request leaves the worker. */
  readonly departs?: () => void;
  /** What Webex makes of a request that it lets in. @param leftMs until the worker gives up. */
  process(leftMs: number): Later<T>;
}

/** An answer that arrives after a while. */
export interface Later<T> {
  readonly later: T;
  readonly afterMs: number;
}

/** What came of a request; only `answered` was processed, and its answer may be a time-out. */
export type WireAnswer<T> =
  | { readonly outcome: 'answered'; readonly value: T }
  | { readonly outcome: 'throttled'; readonly retryAfterMs: number }
  | { readonly outcome: 'unsent'; readonly cause: string; readonly retryAfterMs: number };

/** An answer of Webex before it looks at what is asked. */
export type Refusal =
  | { readonly outcome: 'unauthorized' }
  | { readonly outcome: 'throttled'; readonly retryAfterMs: number };

const unsent = (cause: string, retryAfterMs = 10_000): WireAnswer<never> => ({
  outcome: 'unsent',
  cause,
  retryAfterMs,
});

/** The way of one worker's requests to Webex, as the client goes it: token, budget, request; one repeat after a 401. */
export class WebexWire {
  readonly #deps: WireDeps;
  readonly #budget: Budget;
  readonly #waitsMs: Readonly<Record<Lane, number>>;

  constructor(deps: WireDeps) {
    this.#deps = deps;
    const { worker, bucket, rules, chance, serviceFaults } = deps;
    this.#waitsMs = laneWaitsMs(rules);
    this.#budget = new SharedBudget({
      clock: worker.clock,
      rules,
      random: () => chance.next(),
      store: {
        read: () => worker.request('read budget', { ...serviceFaults(), answerLost: 0 }, () => bucket.state),
        replace: (before, after) =>
          worker.request('take of the budget', serviceFaults(), () => {
            if (bucket.state?.version !== before?.version) return { now: bucket.state };
            bucket.state = after;
            return 'written';
          }),
      },
    });
  }

  async exchange<T>(request: WireRequest<T>): Promise<WireAnswer<T>> {
    const token = await this.#token();
    if (typeof token !== 'string') return token;
    const first = await this.#once(request, token);
    if (first.outcome !== 'unauthorized') return first;
    const fresh = await this.#token(token);
    if (typeof fresh !== 'string') return fresh;
    const second = await this.#once(request, fresh);
    return second.outcome === 'unauthorized' ? unsent('unauthorized') : second;
  }

  /** One request with a token that is not current. */
  async tryToken(token: string): Promise<(WireAnswer<unknown> | Refusal)['outcome']> {
    const answer = await this.#once(
      {
        what: 'tasks with the new token',
        lane: 'reconcile',
        deadlineMs: Number.POSITIVE_INFINITY,
        process: () => ({ later: undefined, afterMs: 100 }),
      },
      token,
    );
    return answer.outcome;
  }

  async #token(rejected?: string): Promise<string | WireAnswer<never>> {
    const { tokens } = this.#deps;
    try {
      return await (rejected === undefined ? tokens.current() : tokens.replace(rejected));
    } catch (error) {
      if (!(error instanceof TokenUnavailableError)) throw error;
      return unsent(`no-token: ${error.message}`, error.retryAfterMs);
    }
  }

  async #once<T>(request: WireRequest<T>, token: string): Promise<WireAnswer<T> | Refusal> {
    const { worker, webex } = this.#deps;
    const { what, lane, deadlineMs } = request;
    const leftMs = Math.max(0, deadlineMs - worker.clock.nowMs());
    const waitMs = await this.#take(lane, Math.min(this.#waitsMs[lane], leftMs));
    if (waitMs > 0) return unsent('no-budget', waitMs);
    const sent = await worker.request(`send ${what}`, reliable, () => {
      const nowLeftMs = Math.min(timeoutMs, deadlineMs - worker.clock.nowMs());
      if (nowLeftMs <= 0) return undefined;
      request.departs?.();
      const refusal = webex.refusal(token);
      if (refusal) return { later: refusal, afterMs: Math.min(nowLeftMs, 50) };
      const { later, afterMs } = request.process(nowLeftMs);
      return { later: { outcome: 'answered', value: later } as const, afterMs: Math.min(nowLeftMs, afterMs) };
    });
    if (!sent) return unsent('deadline-passed');
    const answer = await worker.request(`answer for ${what}`, reliable, () => sent.later, sent.afterMs);
    if (answer.outcome === 'throttled') await this.#pauseAll(answer.retryAfterMs);
    return answer;
  }

  /** A budget that cannot be read is one that is used up. @returns how long it would take, 0 where it was granted. */
  async #take(lane: Lane, waitMsMax: number): Promise<number> {
    try {
      const taken = await this.#budget.take(lane, waitMsMax);
      return taken === 'granted' ? 0 : taken.waitMs;
    } catch (error) {
      if (error instanceof ServiceFault || error instanceof BudgetContendedError) return 10_000;
      throw error;
    }
  }

  /** What Webex said holds, whether the other workers could be told or not. */
  async #pauseAll(retryAfterMs: number): Promise<void> {
    try {
      await this.#budget.pauseUntil(this.#deps.worker.clock.nowMs() + retryAfterMs, '429');
    } catch (error) {
      if (!(error instanceof ServiceFault) && !(error instanceof BudgetContendedError)) throw error;
    }
  }
}
