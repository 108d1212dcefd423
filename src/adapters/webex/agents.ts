import * as z from 'zod/mini';
import type { SendOptions, WebexClient } from './client.ts';
import { defineOperation } from './operation.ts';
import { WebexError } from './webex-error.ts';

/** The window must be below 24 hours. */
const LOOKBACK_MS = 86_400_000 - 60_000;
const PAGE_SIZE = 1_000;
/** Webex gives at most 10,000 records of a window. */
const PAGES_MAX = 10;

export const WaitTimeSchema = z.optional(z.object({ estimatedWaitTime: z.number() }));

export const getWaitTimeOperation = defineOperation({
  name: 'getEstimatedWaitTime',
  method: 'GET',
  path: '/v1/ewt',
  repeatable: true,
  tracking: true,
  service: 'agents',
  answer: WaitTimeSchema,
});

export const AgentActivitySchema = z.object({
  agentId: z.string(),
  agentLogin: z.nullish(z.string()),
  active: z.boolean(),
  currentState: z.string(),
  channelType: z.nullish(z.string()),
  startTime: z.number(),
});
export type AgentActivity = z.output<typeof AgentActivitySchema>;

export const getAgentActivitiesOperation = defineOperation({
  name: 'getAgentActivities',
  method: 'GET',
  path: '/v1/agents/activities',
  repeatable: true,
  tracking: true,
  service: 'agents',
  answer: z.object({ data: z.array(AgentActivitySchema) }),
});

/**
 * @param lookbackMinutes 5 to 240.
 * @returns milliseconds; undefined where Webex has too few samples, or does not know the queue (it answers both alike).
 */
export async function estimatedWaitMs(
  client: WebexClient,
  queueId: string,
  lookbackMinutes: number,
  options?: SendOptions,
): Promise<number | undefined> {
  const lookback = Math.min(240, Math.max(5, Math.round(lookbackMinutes)));
  const query = { queueId, lookbackMinutes: lookback, orgId: client.orgId };
  return (await client.send(getWaitTimeOperation, { query }, options)).value?.estimatedWaitTime;
}

/** What an agent is doing on the phone now; undefined where nothing is in progress in the last 24 hours, as when logged out. */
export async function agentState(
  client: WebexClient,
  agentId: string,
  options?: SendOptions,
): Promise<AgentActivity | undefined> {
  const toMs = client.clock.nowMs();
  const active: AgentActivity[] = [];
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query = {
      agentIds: agentId,
      channelTypes: 'telephony',
      from: toMs - LOOKBACK_MS,
      to: toMs,
      page,
      pageSize: PAGE_SIZE,
      orgId: client.orgId,
    };
    const { value } = await client.send(getAgentActivitiesOperation, { query }, options);
    active.push(...value.data.filter((activity) => activity.active && activity.agentId === agentId));
    if (value.data.length < PAGE_SIZE) return active.toSorted((a, b) => b.startTime - a.startTime)[0];
  }
  throw new WebexError('answer-unreadable', `getAgentActivities has more than ${PAGES_MAX} pages`, {
    operation: 'getAgentActivities',
    processed: 'yes',
  });
}
