import type { Outcome, SimulatorSettings } from '../settings.ts';

/** When a task moves on. A null instant has not been decided: the task stays until it is told to move. */
export interface TaskPlan {
  readonly outcome: Outcome | null;
  readonly connectAtMs: number | null;
  readonly endAtMs: number | null;
}

export type Phase = 'created' | 'connected' | 'ended';

/**
 * The whole life of a task, fixed when it is created. Its phase is then a matter of the time one looks at it, which needs
 * no timers, survives kill -9 and follows a virtual clock.
 */
export function planTask(settings: SimulatorSettings['tasks'], number: string, createdAtMs: number): TaskPlan {
  if (!settings.automatic) return { outcome: null, connectAtMs: null, endAtMs: null };
  const outcome = settings.outcomes.find((entry) => entry.number === number)?.outcome ?? settings.outcome;
  if (outcome !== 'connected') return { outcome, connectAtMs: null, endAtMs: createdAtMs + settings.endAfterMs };
  const connectAtMs = createdAtMs + settings.connectAfterMs;
  return { outcome, connectAtMs, endAtMs: connectAtMs + settings.endAfterMs };
}

export function phaseAt(plan: TaskPlan, atMs: number): Phase {
  if (plan.endAtMs !== null && plan.endAtMs <= atMs) return 'ended';
  if (plan.connectAtMs !== null && plan.connectAtMs <= atMs) return 'connected';
  return 'created';
}

/** What someone orders at `PUT /_tasks/{id}`. */
export type TaskOrder =
  | { readonly status: 'created' }
  | { readonly status: 'connected' }
  | { readonly status: 'ended'; readonly outcome: Outcome };

/** The plan after an order at `nowMs`; from then on the task moves only by order. */
export function orderedPlan(plan: TaskPlan, order: TaskOrder, nowMs: number): TaskPlan {
  const connectedAtMs = plan.connectAtMs !== null && plan.connectAtMs <= nowMs ? plan.connectAtMs : nowMs;
  switch (order.status) {
    case 'created':
      return { outcome: null, connectAtMs: null, endAtMs: null };
    case 'connected':
      return { outcome: 'connected', connectAtMs: connectedAtMs, endAtMs: null };
    case 'ended':
      return {
        outcome: order.outcome,
        connectAtMs: order.outcome === 'connected' ? connectedAtMs : null,
        endAtMs: nowMs,
      };
  }
}

/** How Webex words an end (Search data dictionary: terminationReason, terminatingEnd, contactHandleType). */
export interface Termination {
  readonly terminationType: string;
  readonly terminationReason: string;
  readonly terminatingEnd: 'agent' | 'customer' | 'system';
  readonly contactHandleType: 'normal' | 'abandoned' | 'short';
}

const TERMINATIONS: Readonly<Record<Outcome, Termination>> = {
  connected: {
    terminationType: 'normal',
    terminationReason: 'Customer Left',
    terminatingEnd: 'customer',
    contactHandleType: 'normal',
  },
  unanswered: {
    terminationType: 'abandoned',
    terminationReason: 'Customer Unavailable',
    terminatingEnd: 'system',
    contactHandleType: 'abandoned',
  },
  busy: {
    terminationType: 'abandoned',
    terminationReason: 'Customer Busy',
    terminatingEnd: 'system',
    contactHandleType: 'abandoned',
  },
  abandoned: {
    terminationType: 'abandoned',
    terminationReason: 'Customer Left',
    terminatingEnd: 'customer',
    contactHandleType: 'abandoned',
  },
  failed: {
    terminationType: 'abandoned',
    terminationReason: 'Not Found',
    terminatingEnd: 'system',
    contactHandleType: 'abandoned',
  },
};

export const terminationOf = (outcome: Outcome): Termination => TERMINATIONS[outcome];

/** The five-word status of GET /v1/tasks. */
export function taskApiStatus(plan: TaskPlan, atMs: number): 'created' | 'assigned' | 'abandoned' | 'completed' {
  const phase = phaseAt(plan, atMs);
  if (phase === 'created') return 'created';
  if (phase === 'connected') return 'assigned';
  return plan.outcome === 'connected' ? 'completed' : 'abandoned';
}
