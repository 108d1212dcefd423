import type { Attempt, AttemptOrder, Call } from '../../../src/calls/call.ts';
import type { AgentStates, CallbackOrder, OrderChange, OrderGateway } from '../../../src/calls/order-gateway.ts';
import type { TaskAnswer } from '../../../src/calls/task-gateway.ts';
import { defineConfig } from '../../../src/settings/define-config.ts';
import type { SettingsInput } from '../../../src/settings/schema.ts';
import { Bench, hourMs, minuteMs, sampleAttempt, settings, startMs } from './bench.ts';

export const queueId = '3c2d8ba1-7a1f-4b4a-9d66-1a7a4b8e2f01';
export const sam = '9a1e63c4-5a8d-4f27-8b4e-2d8f7f3a6b10';
const { billing } = (settings as SettingsInput).lines;

export const orderSettings = defineConfig({
  ...(settings as SettingsInput),
  webex: { ...(settings as SettingsInput).webex, agents: { 'sam@example.com': sam } },
  lines: {
    billing: {
      ...billing,
      future: 'webex',
      queueId,
      preferredAgent: { as: 'assignee' },
    } as SettingsInput['lines'][string],
    support: { ...billing } as SettingsInput['lines'][string],
    flow: {
      ...billing,
      task: 'EXECUTE_FLOW',
      preferredAgent: { as: 'variable', name: 'agent', fallback: { waitMinutes: 10 } },
    } as SettingsInput['lines'][string],
  },
});

/** Tomorrow, an hour long. */
export const window = { fromMs: startMs + 24 * hourMs, toMs: startMs + 25 * hourMs };
export const order: AttemptOrder = { ...window, timeZone: 'UTC', queueId };
export const countedAtMs = window.fromMs;

/** A call that Webex is to hold, before it was ordered. */
export const plannedCall: Partial<Call> = { heldBy: 'webex', window, expiresAtMs: window.toMs };
/** The same once Webex has the order. */
export const heldCall: Partial<Call> = { ...plannedCall, status: 'placed', attemptCount: 1, placedCount: 1 };
export const heldAttempt = (changed: Partial<Attempt> = {}): Attempt =>
  sampleAttempt({ status: 'placed', callbackId: 'callback-1', order, countedAtMs, sentAtMs: startMs, ...changed });

/** The bench with Webex's scheduled callbacks: answers on order, and what was asked. */
export class OrderBench extends Bench {
  placing: (asked: CallbackOrder) => TaskAnswer = () => ({ outcome: 'placed', taskId: 'callback-1' });
  moving: () => OrderChange = () => ({ outcome: 'done' });
  looking: () => 'there' | 'gone' | 'unknown' = () => 'there';
  removing: () => OrderChange = () => ({ outcome: 'done' });
  listed: () => string | undefined = () => undefined;
  agentState: () => Awaited<ReturnType<AgentStates['read']>> = () => 'available';
  readonly asked: { readonly do: 'place' | 'find' | 'look' | 'move' | 'remove'; readonly order?: CallbackOrder }[] = [];

  readonly orders: OrderGateway = {
    place: async (asked) => {
      this.asked.push({ do: 'place', order: asked });
      return this.placing(asked);
    },
    find: async (asked) => {
      this.asked.push({ do: 'find', order: asked });
      return this.listed();
    },
    look: async () => {
      this.asked.push({ do: 'look' });
      return this.looking();
    },
    move: async (_id, asked) => {
      this.asked.push({ do: 'move', order: asked });
      return this.moving();
    },
    remove: async () => {
      this.asked.push({ do: 'remove' });
      return this.removing();
    },
  };

  get orderDeps() {
    return {
      ...this.deps,
      orders: this.orders,
      agents: { read: async () => this.agentState() },
      settings: orderSettings,
    };
  }

  /** Puts a call whose order Webex has, counted at its window. */
  putHeld(changed: Partial<Call> = {}, attempt: Partial<Attempt> = {}): Call {
    this.ledger.attemptLogs.set('+14155550132', { attemptsMs: [countedAtMs], version: 1 });
    return this.put({ ...heldCall, checkAtMs: startMs, ...changed }, [heldAttempt(attempt)]);
  }

  counted(): readonly number[] {
    return this.ledger.attemptLog('+14155550132').attemptsMs;
  }

  done(): readonly string[] {
    return this.asked.map((one) => one.do);
  }
}

export { hourMs, minuteMs, startMs };
