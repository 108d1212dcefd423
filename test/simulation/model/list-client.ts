import type { WebexClient } from '../../../src/adapters/webex/client.ts';
import type { Operation, OperationInput } from '../../../src/adapters/webex/operation.ts';
import { WebexError } from '../../../src/adapters/webex/webex-error.ts';
import type { Lane } from '../../../src/budget/ports.ts';
import type { ScheduledCallbacks } from '../../../src/suppression/ports.ts';
import type { Prng } from '../../support/prng.ts';
import { ServiceFault } from '../engine/invocation.ts';
import type { Worker } from '../engine/worker.ts';
import type { Faults } from '../world/faults.ts';
import type { Webex } from './webex.ts';
import type { Later, WebexWire, WireAnswer } from './webex-wire.ts';

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

/** What Webex makes of a request by the time that it answers; it may fail all the same. */
interface Reply {
  status: number | 'no-answer';
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
      return { status: readStatus(name, answer), value: undefined as Answer };
    },
  };
  return client;
}

function readStatus(operation: string, answer: WireAnswer<Reply>): number {
  const fail = (code: WebexError['code'], processed: WebexError['processed'], status?: number): never => {
    throw new WebexError(code, operation, { operation, processed, ...(status !== undefined && { status }) });
  };
  if (answer.outcome === 'throttled') return fail('throttled', 'no', 429);
  if (answer.outcome === 'unsent') return fail('no-budget', 'no');
  const { status } = answer.value;
  if (status === 'no-answer') return fail('no-answer', 'unknown');
  if (status >= 500) return fail('server-error', 'unknown', status);
  if (status === 409) return fail('undecided', 'unknown', 409);
  return status >= 400 ? fail('rejected', 'yes', status) : status;
}

/** Webex's scheduled callbacks, as far as a suppression concerns them: two requests, to list and to delete. */
export function createScheduledCallbacks({ wire, webex, chance, faults, lane }: ListClientDeps): ScheduledCallbacks {
  async function exchange<T>(what: string, process: () => T): Promise<T> {
    const answer = await wire.exchange<{ value: T } | undefined>({
      what,
      lane,
      deadlineMs: Number.POSITIVE_INFINITY,
      process: () => {
        const failed = chance.chance(faults().dncFails);
        return { later: failed ? undefined : { value: process() }, afterMs: chance.int(20, 300) };
      },
    });
    if (answer.outcome !== 'answered' || !answer.value) throw new ServiceFault('scheduled callbacks not answered');
    return answer.value.value;
  }
  return {
    async deleteAll(number) {
      const ahead = await exchange(`callbacks of ${number}`, () => webex.scheduled.get(number) ?? 0);
      if (ahead > 0) await exchange(`delete callbacks of ${number}`, () => webex.scheduled.delete(number));
      return ahead;
    },
  };
}
