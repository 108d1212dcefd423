import type { AgentStates } from '../../calls/order-gateway.ts';
import { agentState } from './agents.ts';
import type { WebexClient } from './client.ts';

/** A call waits for this answer, so it is not waited for long. */
const ANSWER_MS_MAX = 3_000;

/** What agents do on the phone, by their latest activity. */
export class WebexAgentStates implements AgentStates {
  readonly #client: WebexClient;

  constructor(client: WebexClient) {
    this.#client = client;
  }

  async read(userId: string): ReturnType<AgentStates['read']> {
    const deadlineMs = this.#client.clock.nowMs() + ANSWER_MS_MAX;
    const activity = await agentState(this.#client, userId, { deadlineMs });
    const state = activity?.currentState.toLowerCase();
    if (state === undefined || state === 'logged-out') return 'away';
    return state === 'available' ? 'available' : 'busy';
  }
}
