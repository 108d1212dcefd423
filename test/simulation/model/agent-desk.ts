import type { AgentStates } from '../../../src/calls/order-gateway.ts';
import { Prng } from '../../support/prng.ts';
import { ServiceFault } from '../engine/invocation.ts';
import type { Worker } from '../engine/worker.ts';
import type { Faults } from '../world/faults.ts';
import type { WebexWire } from './webex-wire.ts';

const hourMs = 3_600_000;
/** As the adapter asks: a call waits for the answer. */
const answerMsMax = 3_000;

/** What agents do: something else every hour. */
export class AgentDesk {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  stateOf(userId: string, atMs: number): Awaited<ReturnType<AgentStates['read']>> {
    const chance = new Prng(`agent ${this.#seed} ${userId} ${Math.floor(atMs / hourMs)}`);
    return chance.pick(['available', 'available', 'busy', 'away']);
  }
}

export interface AgentStatesDeps {
  readonly worker: Worker;
  readonly wire: WebexWire;
  readonly desk: AgentDesk;
  readonly chance: Prng;
  readonly faults: () => Faults;
}

/** The desk as one worker sees it. */
export const createAgentStates = ({ worker, wire, desk, chance, faults }: AgentStatesDeps): AgentStates => ({
  async read(userId) {
    const answer = await wire.exchange<Awaited<ReturnType<AgentStates['read']>> | 'failed'>({
      what: `state of ${userId}`,
      lane: 'callbacks',
      deadlineMs: worker.clock.nowMs() + answerMsMax,
      process: () => ({
        later: chance.chance(faults().searchFails) ? 'failed' : desk.stateOf(userId, worker.clock.nowMs()),
        afterMs: chance.int(20, 400),
      }),
    });
    if (answer.outcome !== 'answered' || answer.value === 'failed') throw new ServiceFault('agent not told');
    return answer.value;
  },
});
