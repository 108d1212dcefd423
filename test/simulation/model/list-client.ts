import type { WebexClient } from '../../../src/adapters/webex/client.ts';
import type { Operation, OperationInput } from '../../../src/adapters/webex/operation.ts';
import type { Lane } from '../../../src/budget/ports.ts';
import type { Prng } from '../../support/prng.ts';
import type { Worker } from '../engine/worker.ts';
import type { Faults } from '../world/faults.ts';
import type { Webex } from './webex.ts';
import { type Reply, readReply } from './webex-reply.ts';
import type { Later, WebexWire } from './webex-wire.ts';

export interface ListClientDeps {
  readonly worker: Worker;
  readonly wire: WebexWire;
  readonly webex: Webex;
  readonly chance: Prng;
  readonly faults: () => Faults;
  readonly organizationId: string;
  readonly lane: Lane;
  readonly after: (delayMs: number, run: () => void) => void;
}

/** The client that the real DNC lists are built on, with simulated lists at its other end. */
export function createListClient({ worker, wire, webex, chance, faults, organizationId, lane, after }: ListClientDeps) {
  const { lists } = webex;

  function statusOf(name: string, list: string, number: string): number {
    switch (name) {
      case 'getDncNumber':
        return lists.find(list, number) ? 200 : 404;
      case 'removeDncNumber':
        return lists.remove(list, number) ? 204 : 404;
      case 'addDncNumber':
        return { added: 201, there: 409, 'no-list': 404 }[lists.add(list, number)];
      default:
        throw new TypeError(`The simulation does not know the operation ${name}.`);
    }
  }

  /** A change may take its time, and others may change the same number meanwhile. */
  function process(name: string, list: string, number: string, leftMs: number): Later<Reply> {
    const { dncFails, dncSlow } = faults();
    const quickMs = Math.min(leftMs, chance.int(20, 300));
    if (chance.chance(dncFails)) {
      const status = chance.chance(0.5) ? 503 : 'no-answer';
      return { later: { status }, afterMs: status === 503 ? quickMs : leftMs };
    }
    const isSlow = name !== 'getDncNumber' && chance.chance(dncSlow);
    const afterMs = isSlow ? chance.int(300, Math.max(300, leftMs - 1)) : quickMs;
    const later: Reply = { status: 'no-answer' };
    const isHeard = !chance.chance(dncFails);
    const take = (): void => {
      const status = statusOf(name, list, number);
      if (isHeard) later.status = status;
    };
    if (isSlow) after(afterMs, take);
    else take();
    return { later, afterMs: isHeard ? afterMs : leftMs };
  }

  const client: WebexClient = {
    orgId: organizationId,
    clock: worker.clock,
    async send<Body, Answer>(
      operation: Operation<Body, Answer>,
      input: OperationInput<Body> = {},
      options: { readonly deadlineMs?: number; readonly lane?: Lane } = {},
    ) {
      const { name } = operation;
      const body = input.body as { readonly phoneNumber?: string } | undefined;
      const [list, number] = [input.path?.['list'] ?? '', input.path?.['number'] ?? body?.phoneNumber ?? ''];
      const answer = await wire.exchange({
        what: `${name} ${number}`,
        lane: options.lane ?? lane,
        deadlineMs: options.deadlineMs ?? Number.POSITIVE_INFINITY,
        process: (leftMs) => process(name, list, number, leftMs),
      });
      return { status: readReply(name, answer).status, value: undefined as Answer };
    },
  };
  return client;
}
