import type { RequestCallback } from '../../events/request-callback/schema.ts';
import type { RingbackApi } from './api.ts';

/** A challenge is good for ten minutes; one that is nearly over would be over on the way. */
const proofMsMax = 9 * 60_000;
/** Who lets the browser fill the form in is faster than the screen believes; the rest of the second is waited for. */
const filledMsMin = 1_100;

export type ScreenFields = Pick<RequestCallback, 'filledMs' | 'proof'>;

/** What the form sends for the abuse screen beside the answers: how long it was open, and a solved challenge. */
export class FormScreen {
  readonly #api: () => RingbackApi;
  readonly #shownAtMs = performance.now();
  #proof: { readonly startedAtMs: number; readonly solved: Promise<string | undefined> } | undefined;

  constructor(api: () => RingbackApi) {
    this.#api = api;
  }

  /** Begins to solve a challenge: when the form is first touched, so that it is done before it is needed. */
  begin(): void {
    const nowMs = performance.now();
    if (this.#proof && nowMs - this.#proof.startedAtMs < proofMsMax) return;
    this.#proof = { startedAtMs: nowMs, solved: this.#solve() };
  }

  /** A challenge is good for one request. */
  renew(): void {
    this.#proof = undefined;
  }

  async fields(): Promise<ScreenFields> {
    this.begin();
    const proof = await this.#proof?.solved;
    const openMs = performance.now() - this.#shownAtMs;
    if (openMs < filledMsMin) await new Promise((resolve) => setTimeout(resolve, filledMsMin - openMs));
    return { filledMs: Math.round(performance.now() - this.#shownAtMs), ...(proof && { proof }) };
  }

  /** Whether a request without a proof is taken, the API says; a page without TLS cannot solve any. */
  async #solve(): Promise<string | undefined> {
    // The types promise it everywhere, but browsers keep it from pages without TLS.
    if (!(globalThis.crypto as Partial<Crypto>).subtle) return undefined;
    try {
      const [{ solve }, answer] = await Promise.all([import('./proof.ts'), this.#api().challenge()]);
      return answer.outcome === 'answered' ? await solve(answer.value) : undefined;
    } catch {
      // Without it the API says what to do, and the next try begins anew.
      this.renew();
      return undefined;
    }
  }
}
