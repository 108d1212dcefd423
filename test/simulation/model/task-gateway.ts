import type { TaskGateway, TaskLookup, TaskSighting } from '../../../src/calls/task-gateway.ts';
import { ServiceFault } from '../engine/invocation.ts';
import type { Prng } from '../../support/prng.ts';
import type { Faults } from '../world/faults.ts';
import type { Webex } from './webex.ts';
import type { WebexWire } from './webex-wire.ts';

/** Webex's tasks as one worker reaches them. */
export class SimulatedTaskGateway implements TaskGateway {
  readonly #wire: WebexWire;
  readonly #webex: Webex;
  readonly #chance: Prng;
  readonly #faults: () => Faults;

  constructor(wire: WebexWire, webex: Webex, chance: Prng, faults: () => Faults) {
    this.#wire = wire;
    this.#webex = webex;
    this.#chance = chance;
    this.#faults = faults;
  }

  async createTask(request: Parameters<TaskGateway['createTask']>[0], deadlineMs: number) {
    const lane = request.kind === 'callback' ? 'callbacks' : 'outdials';
    const answer = await this.#wire.exchange({
      what: request.attemptId,
      lane,
      deadlineMs,
      departs: () => this.#webex.watcher.departs(request),
      process: (leftMs) => this.#webex.createTask(request, leftMs),
    });
    return answer.outcome === 'answered' ? answer.value : answer;
  }

  /** By the variable, and where that shows nothing by the number: two requests, as the real gateway makes them. */
  async findTask(lookup: TaskLookup): Promise<TaskSighting | undefined> {
    const seen = await this.#search(lookup, 'mark');
    return (seen ?? lookup.taskId !== undefined) ? seen : this.#search(lookup, 'number');
  }

  async #search(lookup: TaskLookup, by: 'mark' | 'number'): Promise<TaskSighting | undefined> {
    const chance = this.#chance;
    const { searchFails, slow } = this.#faults();
    const answer = await this.#wire.exchange<{ seen: TaskSighting | undefined } | 'failed'>({
      what: `search for ${lookup.attemptId}`,
      lane: 'reconcile',
      deadlineMs: Number.POSITIVE_INFINITY,
      process: (leftMs) => {
        const seen = this.#webex.find(lookup, by);
        const failed = chance.chance(searchFails);
        const afterMs = chance.chance(slow) ? chance.int(400, leftMs) : chance.int(20, 400);
        return { later: failed ? 'failed' : { seen }, afterMs };
      },
    });
    if (answer.outcome !== 'answered') throw new ServiceFault(answer.outcome);
    if (answer.value === 'failed') throw new ServiceFault('search failed');
    return answer.value.seen;
  }
}
