import type { Wait } from '../../events/wait/schema.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { WaitCache, WaitReading, WaitSource } from './ports.ts';

export interface WaitEstimatesDeps {
  readonly source: WaitSource;
  readonly cache: WaitCache;
  readonly clock: Clock;
  /** Told why a wait is not known though Webex might know it. */
  readonly onFailure: (error: unknown) => void;
}

/** How long a reading is told before Webex is asked again. */
export const waitFreshMs = 30_000;
/** An older reading is told for so long while somebody else asks, or Webex cannot be asked. */
const waitOldMsMax = 120_000;
/** Nobody waits for a form longer than this because of a remark on it. */
const answerMsMax = 2_500;
/** Who asks has so long, and after a failure nobody asks again before. */
const claimMs = 10_000;
/** While somebody else asks, their answer is looked for again so soon. */
const othersMs = 1_000;
/** The contract's own bound. */
const waitSecondsMax = 86_400;

export interface WaitEstimate {
  readonly wait: Wait;
  /** How long the answer may be kept. */
  readonly freshMs: number;
}

interface Found {
  readonly reading: WaitReading | undefined;
  /** When to look again, where the reading is not fresh. */
  readonly againMs: number;
}

/** Estimated waits by queue: from memory, else from the cache that all share, else from Webex, asked by one at a time. Never throws. */
export class WaitEstimates {
  readonly #deps: WaitEstimatesDeps;
  readonly #known = new Map<string, { readonly wait: Wait; readonly untilMs: EpochMs }>();

  constructor(deps: WaitEstimatesDeps) {
    this.#deps = deps;
  }

  async ofQueue(queueId: string): Promise<WaitEstimate> {
    const { clock } = this.#deps;
    const nowMs = clock.nowMs();
    const known = this.#known.get(queueId);
    if (known && known.untilMs > nowMs) return { wait: known.wait, freshMs: known.untilMs - nowMs };
    const { reading, againMs } = await this.#withinTime(this.#read(queueId));
    const freshUntilMs = (reading?.askedAtMs ?? Number.NEGATIVE_INFINITY) + waitFreshMs;
    const untilMs = freshUntilMs > nowMs ? freshUntilMs : nowMs + againMs;
    const wait = toWait(reading, clock.nowMs());
    this.#known.set(queueId, { wait, untilMs });
    return { wait, freshMs: untilMs - nowMs };
  }

  async #withinTime(found: Promise<Found>): Promise<Found> {
    const { clock, onFailure } = this.#deps;
    const nothing: Found = { reading: undefined, againMs: claimMs };
    try {
      return await Promise.race([found, clock.sleep(answerMsMax).then(() => nothing)]);
    } catch (error) {
      onFailure(error);
      return nothing;
    }
  }

  async #read(queueId: string): Promise<Found> {
    const { cache, clock } = this.#deps;
    const cached = await cache.read(queueId);
    const nowMs = clock.nowMs();
    const staleBeforeMs = nowMs - waitFreshMs;
    if (cached && cached.askedAtMs > staleBeforeMs) return { reading: cached, againMs: claimMs };
    const isOurs = await cache.claim(queueId, { nowMs, untilMs: nowMs + claimMs, staleBeforeMs });
    if (!isOurs) return { reading: cached, againMs: othersMs };
    return { reading: await this.#ask(queueId, cached), againMs: claimMs };
  }

  async #ask(queueId: string, cached: WaitReading | undefined): Promise<WaitReading | undefined> {
    const { source, cache, clock, onFailure } = this.#deps;
    try {
      const seconds = await source.waitSeconds(queueId);
      const waitSeconds =
        seconds === undefined ? undefined : Math.min(Math.max(0, Math.round(seconds)), waitSecondsMax);
      const reading = { ...(waitSeconds !== undefined && { waitSeconds }), askedAtMs: clock.nowMs() };
      await cache.write(queueId, reading);
      return reading;
    } catch (error) {
      onFailure(error);
      return cached;
    }
  }
}

const toWait = (reading: WaitReading | undefined, nowMs: EpochMs): Wait =>
  reading?.waitSeconds === undefined || nowMs - reading.askedAtMs > waitOldMsMax
    ? { known: false }
    : { known: true, waitSeconds: reading.waitSeconds };
