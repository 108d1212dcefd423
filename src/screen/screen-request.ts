import type { EpochMs } from '../shared/clock.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import { blockedBy } from './blocks.ts';
import type { BlockRecords, Charge, ProofVerifier, RequestCounters, ScreenObserver, SpentProof } from './ports.ts';
import type { Arrival, AskedNumber, FilledForm, FormKind, ScreenRefusal, ScreenedRequest } from './types.ts';
import { type VelocityLimits, allowanceOf, countersOf, firstRefusal, isNearlyFull, weighCounter } from './velocity.ts';

export interface ScreenDeps {
  /** They cost nothing, so they come before anything is counted. */
  readonly rules: {
    readonly origin: (arrival: Arrival) => ScreenRefusal | undefined;
    readonly form: (form: FilledForm) => ScreenRefusal | undefined;
    readonly country: (asked: AskedNumber) => ScreenRefusal | undefined;
    readonly numberType: (asked: AskedNumber) => ScreenRefusal | undefined;
  };
  readonly limits: Readonly<Record<FormKind, VelocityLimits>>;
  /** Whether a form with JavaScript must bring a solved challenge. */
  readonly requiresProof: boolean;
  readonly isExempt: (address: string) => boolean;
  readonly counters: RequestCounters;
  readonly proofs: ProofVerifier;
  readonly blocks: BlockRecords;
  readonly observer: ScreenObserver;
  /** Which shard of the caps a request counts against; from 0 up to, not including, 1. */
  readonly random: () => number;
}

type Screened<T = void> = Result<T, ScreenRefusal>;

/** What is known of a request when its number was understood. */
export interface ScreenContext {
  readonly arrival: Arrival;
  readonly form: FormKind;
  readonly proof?: SpentProof | undefined;
}

/**
 * The abuse screen: whether a request from the public is looked at any further. Its steps are asked in the order in which they
 * stand here; the first that finds something answers. It fails closed: what cannot be checked or counted is not taken.
 */
export class RequestScreen {
  readonly #deps: ScreenDeps;

  constructor(deps: ScreenDeps) {
    this.#deps = deps;
  }

  arrival(arrival: Arrival): Screened {
    return this.#told(this.#deps.rules.origin(arrival));
  }

  form(form: FilledForm): Screened {
    return this.#told(this.#deps.rules.form(form));
  }

  /** The challenge that a form with JavaScript has solved, to be spent when the request is taken. */
  async proof(arrival: Arrival, proof: string | undefined, nowMs: EpochMs): Promise<Screened<SpentProof | undefined>> {
    const { requiresProof, isExempt, proofs, observer } = this.#deps;
    if (!requiresProof || isExempt(arrival.address)) return ok(undefined);
    if (proof === undefined) return this.#refuse({ code: 'proof-missing' });
    try {
      const found = await proofs.verify(proof, nowMs);
      return typeof found === 'string' ? this.#refuse({ code: found }) : ok(found);
    } catch (error) {
      observer.unavailable(error);
      return this.#refuse({ code: 'screen-unavailable' });
    }
  }

  number(asked: AskedNumber): Screened {
    const { country, numberType } = this.#deps.rules;
    return this.#told(country(asked) ?? numberType(asked));
  }

  /** Weighs what was counted before, and says what the transaction that takes the request has to count. */
  async weigh(
    { arrival, form, proof }: ScreenContext,
    { line, number }: Pick<AskedNumber, 'line' | 'number'>,
    atMs: EpochMs,
  ): Promise<Screened<Charge>> {
    const { limits, counters, observer, isExempt, random } = this.#deps;
    const { address } = arrival;
    const request: ScreenedRequest = { atMs, address, form, line, number, isExempt: isExempt(address) };
    const asked = countersOf(request, limits);
    const shards = Math.max(...asked.map((counter) => counter.shards));
    const shard = Math.floor(random() * shards);
    const counted = await counters.read(asked, atMs, shard).catch((error: unknown) => {
      observer.unavailable(error);
      return undefined;
    });
    if (!counted || counted.length < asked.length) return this.#refuse({ code: 'screen-unavailable' });
    const pairs = asked.map((counter, index) => ({ counter, found: counted[index] ?? { current: 0, previous: 0 } }));
    const refusal = firstRefusal(pairs.flatMap(({ counter, found }) => weighCounter(counter, found, atMs) ?? []));
    if (refusal) return this.tooMany(refusal, request);
    for (const { counter, found } of pairs) if (isNearlyFull(counter, found)) observer.nearlyFull(counter.code);
    const counts = pairs.map(({ counter, found }) => ({
      counter,
      below: allowanceOf(counter, found, atMs),
      over: found.over ?? [],
    }));
    return ok({ atMs, shard, counts, proof });
  }

  /** Refuses what came when it was counted: others were first. */
  async tooMany(
    refusal: ScreenRefusal,
    request: Pick<ScreenedRequest, 'number' | 'address' | 'atMs'>,
  ): Promise<Screened<never>> {
    const block = blockedBy(refusal.code, request);
    if (block) {
      const untilMs = request.atMs + (refusal.retryAfterSeconds ?? 0) * 1_000;
      // The request is refused with or without a note of it.
      await this.#deps.blocks.note({ ...block, untilMs }, request.atMs).catch((error: unknown) => {
        this.#deps.observer.unavailable(error);
      });
    }
    return this.#refuse(refusal);
  }

  #told(refusal: ScreenRefusal | undefined): Screened {
    return refusal ? this.#refuse(refusal) : ok(undefined);
  }

  #refuse(refusal: ScreenRefusal): Screened<never> {
    this.#deps.observer.refused(refusal.code);
    return fail(refusal);
  }
}
