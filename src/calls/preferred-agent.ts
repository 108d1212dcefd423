import type { Line, Settings } from '../settings/schema.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Call } from './call.ts';
import type { AgentStates } from './order-gateway.ts';

export interface PreferredAgentDeps {
  /** Absent where no line asks what agents do. */
  readonly agents?: AgentStates;
  readonly settings: { readonly webex: Pick<Settings['webex'], 'agents'> };
  /** Told why the state of an agent could not be read; the call goes on by the line's fallback. */
  readonly reportAgentUnreadable?: (error: unknown) => void;
}

/** Whom a call that may be dialed now goes to. */
export type AgentChoice =
  | { readonly go: 'as-asked' }
  | { readonly go: 'to-anyone' }
  /** Looks again then; after `agentUntilMs` the agent is waited for no longer. */
  | { readonly go: 'later'; readonly untilMs: EpochMs; readonly agentUntilMs: EpochMs };

/** How often it is looked whether the agent is there; each look is one request of the Webex budget. */
const lookEveryMs = 120_000;

/** A call is not held back for an agent to its very end. */
const sparedMs = 600_000;

/** Whether the agent of a flow variable is there, and what the line does where not. */
export async function chooseAgent(
  deps: PreferredAgentDeps,
  line: Line,
  call: Call,
  nowMs: EpochMs,
): Promise<AgentChoice> {
  const { preferredAgent: rule } = line;
  const email = call.customer.preferredAgent;
  if (rule?.as !== 'variable' || rule.fallback === undefined || !email) return { go: 'as-asked' };
  const userId = deps.settings.webex.agents[email.toLowerCase()];
  if (userId !== undefined && (await stateOf(deps, userId)) === 'available') return { go: 'as-asked' };
  if (rule.fallback === 'anyone' || userId === undefined) return { go: 'to-anyone' };
  const agentUntilMs =
    call.agentUntilMs ?? Math.min(nowMs + rule.fallback.waitMinutes * 60_000, call.expiresAtMs - sparedMs);
  const untilMs = Math.min(nowMs + lookEveryMs, agentUntilMs);
  return nowMs < agentUntilMs ? { go: 'later', untilMs, agentUntilMs } : { go: 'to-anyone' };
}

/** Whether the agent of a personal callback is logged in, right before its window begins. */
export async function isAgentThere(deps: PreferredAgentDeps, userId: string | undefined): Promise<boolean> {
  return userId === undefined || (await stateOf(deps, userId)) !== 'away';
}

/** A state that cannot be read counts as away: the call must not wait for it. */
async function stateOf(deps: PreferredAgentDeps, userId: string): ReturnType<AgentStates['read']> {
  if (!deps.agents) return 'away';
  try {
    return await deps.agents.read(userId);
  } catch (error) {
    deps.reportAgentUnreadable?.(error);
    return 'away';
  }
}

/** The call without the agent whom the person asked for. */
export function toAnyone(call: Call): Call {
  const { preferredAgent: _left, ...customer } = call.customer;
  return { ...call, customer };
}
