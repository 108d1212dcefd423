import type { Lane } from '../../budget/ports.ts';
import type { EpochMs } from '../../shared/clock.ts';
import type { WebexDncList } from '../../suppression/ports.ts';
import type { SendOptions, WebexClient } from './client.ts';
import {
  addDncNumberOperation,
  DNC_LIST_NAME,
  getDncNumberOperation,
  removeDncNumberOperation,
} from './dnc-operations.ts';
import { WebexError } from './webex-error.ts';

export interface WebexDncOptions {
  /** An E.164 number that nobody has; it is put on the list to prove that the list is there. */
  readonly probeNumber?: string;
  /** How long a proof holds; a list that is removed within it would be taken for empty that long. */
  readonly proofMs?: number;
  /** How long a list that could not be proved is left alone. */
  readonly restMs?: number;
  /** How long one request may take, repeats included. @default 10 s */
  readonly requestMsMax?: number;
  readonly lane?: Lane;
}

/** 555-0100 to 555-0199 are set aside for fiction in the North American numbering plan. */
const PROBE_NUMBER = '+12025550143';

/**
 * A do-not-call list in Webex. It answers 404 both for a number that is not listed and for a list that is not there, so a
 * 404 counts only while the list is proved: some number was found on it, or the probe number could be put on it.
 */
export class WebexDnc implements WebexDncList {
  readonly name: string;
  readonly #client: WebexClient;
  readonly #options: Required<Omit<WebexDncOptions, 'lane'>> & Pick<WebexDncOptions, 'lane'>;
  #provedUntilMs: EpochMs = Number.NEGATIVE_INFINITY;
  #restUntilMs: EpochMs = Number.NEGATIVE_INFINITY;
  #probing: Promise<boolean> | undefined;

  constructor(client: WebexClient, name: string, options: WebexDncOptions = {}) {
    if (!DNC_LIST_NAME.test(name))
      throw new Error('The name of a Webex DNC list must be 1 to 100 letters, digits, underscores or hyphens.');
    this.name = name;
    this.#client = client;
    this.#options = { probeNumber: PROBE_NUMBER, proofMs: 600_000, restMs: 30_000, requestMsMax: 10_000, ...options };
  }

  /** `unreadable` for every failure of Webex, which the client's observer has seen by then. */
  async lookUp(number: string): Promise<'listed' | 'clear' | 'unreadable'> {
    try {
      // The proof comes first: one from after a 404 says nothing of a list that was away when it answered so.
      const isProved = await this.#isProved();
      if (await this.#isOnList(number)) return 'listed';
      return isProved ? 'clear' : 'unreadable';
    } catch (error) {
      if (error instanceof WebexError) return 'unreadable';
      throw error;
    }
  }

  /** A number that is listed already stays as it is. @throws {WebexError} */
  async add(number: string, entry: { source: string; reason: string }): Promise<void> {
    try {
      const body = { phoneNumber: number, source: entry.source, reason: entry.reason };
      await this.#client.send(addDncNumberOperation, { path: { list: this.name }, body }, this.#sendOptions());
    } catch (error) {
      if (!(error instanceof WebexError) || error.status !== 409) throw error;
    }
    this.#prove();
  }

  /** A number that is not listed is fine; a list that is not there is not. @throws {WebexError} */
  async remove(number: string): Promise<void> {
    try {
      await this.#takeOff(number);
    } catch (error) {
      // An old proof is not enough: the number would stay on a list that is away for a while, and nobody would come back to it.
      if (!isNotFound(error) || !(await this.#isThere())) throw error;
      // The list may have come back between the 404 and the proof.
      await this.#takeOff(number).catch((again: unknown) => {
        if (!isNotFound(again)) throw again;
      });
    }
  }

  async #takeOff(number: string): Promise<void> {
    await this.#client.send(removeDncNumberOperation, { path: { list: this.name, number } }, this.#sendOptions());
    this.#prove();
  }

  async #isOnList(number: string): Promise<boolean> {
    try {
      await this.#client.send(getDncNumberOperation, { path: { list: this.name, number } }, this.#sendOptions());
      this.#prove();
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async #isProved(): Promise<boolean> {
    const nowMs = this.#client.clock.nowMs();
    return nowMs < this.#provedUntilMs || this.#isThere();
  }

  /** A proof of now. */
  async #isThere(): Promise<boolean> {
    if (this.#client.clock.nowMs() < this.#restUntilMs) return false;
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  async #probe(): Promise<boolean> {
    const { probeNumber, restMs } = this.#options;
    if (await this.#isOnList(probeNumber)) return true;
    try {
      await this.add(probeNumber, {
        source: 'ringback',
        reason: 'Proves that this list is there. Please leave it in place.',
      });
      return true;
    } catch (error) {
      if (!(error instanceof WebexError)) throw error;
      this.#restUntilMs = this.#client.clock.nowMs() + restMs;
      return false;
    }
  }

  #sendOptions(): SendOptions {
    const { requestMsMax, lane } = this.#options;
    return { deadlineMs: this.#client.clock.nowMs() + requestMsMax, ...(lane && { lane }) };
  }

  #prove(): void {
    this.#provedUntilMs = this.#client.clock.nowMs() + this.#options.proofMs;
  }
}

const isNotFound = (error: unknown): error is WebexError => error instanceof WebexError && error.status === 404;
