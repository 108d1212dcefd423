import type { WaitSource } from '../../waits/ports.ts';
import { estimatedWaitMs } from './agents.ts';
import type { WebexClient } from './client.ts';

/** Webex looks back between 5 minutes and 4 hours; the last hour is the wait of now without being a matter of chance. */
const lookbackMinutes = 60;
/** Of the request with its wait for the budget: a remark on a form is worth no more. */
const requestMsMax = 2_000;

/** Webex's own estimate for a queue. It goes on the lowest lane, behind every call and every upload. */
export class WebexWaitSource implements WaitSource {
  readonly #client: WebexClient;

  constructor(client: WebexClient) {
    this.#client = client;
  }

  async waitSeconds(queueId: string): Promise<number | undefined> {
    const deadlineMs = this.#client.clock.nowMs() + requestMsMax;
    const waitMs = await estimatedWaitMs(this.#client, queueId, lookbackMinutes, { deadlineMs, lane: 'uploads' });
    return waitMs === undefined ? undefined : waitMs / 1_000;
  }
}
