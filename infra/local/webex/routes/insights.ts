import type * as z from 'zod';
import { AgentActivitiesQuery, type AgentActivity, EwtQuery, SearchRequest } from '../contract/insights.ts';
import { type Answer, empty, errorAnswer, json } from '../http/answers.ts';
import { type ApiRequest, parseJsonBody, parseQuery } from '../http/request.ts';
import { runSearch } from '../search/run-search.ts';
import type { SimulatorSettings } from '../settings.ts';
import type { Simulation } from '../simulation.ts';
import { ANY_SCOPE, type ApiRoute, READ_SCOPES, route } from './route.ts';

/** OpenAPI, getAgentActivities: less than 24 hours, and at most 10,000 records. */
const ACTIVITY_WINDOW_MS_MAX = 86_400_000;
const ACTIVITY_RECORDS_MAX = 10_000;
const PAGE_SIZE_DEFAULT = 100;

const refuse = (request: ApiRequest, words: string): Answer => errorAnswer('api', 400, words, request.trackingId);

function search(request: ApiRequest, simulation: Simulation): Answer {
  const parsed = parseJsonBody(request, SearchRequest);
  if (!parsed.ok) return refuse(request, parsed.failure);
  const found = runSearch(simulation, {
    query: parsed.value.query,
    variables: parsed.value.variables ?? {},
    nowMs: request.nowMs,
    lagMs: (simulation.settings.searchLagSeconds + request.searchLagSeconds) * 1_000,
  });
  return found.ok ? json(200, found.value) : refuse(request, found.failure);
}

function estimatedWait(request: ApiRequest, simulation: Simulation): Answer {
  const parsed = parseQuery(request.query, EwtQuery);
  if (!parsed.ok) return refuse(request, parsed.failure);
  const queue = simulation.settings.queues.find((candidate) => candidate.id === parsed.value.queueId);
  return typeof queue?.estimatedWaitMs === 'number'
    ? json(200, { estimatedWaitTime: queue.estimatedWaitMs })
    : empty(204);
}

function agentActivities(request: ApiRequest, simulation: Simulation): Answer {
  const parsed = parseQuery(request.query, AgentActivitiesQuery);
  if (!parsed.ok) return refuse(request, parsed.failure);
  const query = parsed.value;
  const fromMs = Number(query.from);
  const toMs = query.to === undefined ? request.nowMs : Number(query.to);
  const page = Number(query.page ?? 0);
  const pageSize = Number(query.pageSize ?? PAGE_SIZE_DEFAULT);
  if (toMs - fromMs >= ACTIVITY_WINDOW_MS_MAX) return refuse(request, 'from, to: must be less than 24 hours apart.');
  if ((page + 1) * pageSize > ACTIVITY_RECORDS_MAX)
    return refuse(request, `page: at most ${ACTIVITY_RECORDS_MAX} records can be fetched.`);
  const named = (list: string | undefined, id: string) => list === undefined || list.split(',').includes(id);
  const data = simulation.settings.agents
    .filter((agent) => agent.state !== 'logged-out')
    .filter(
      (agent) =>
        named(query.agentIds, agent.id) &&
        named(query.teamIds, agent.teamId) &&
        named(query.channelTypes, agent.channelType),
    )
    .map((agent) => toActivity(agent, Math.max(fromMs, Math.min(toMs, request.nowMs) - 60_000)))
    .slice(page * pageSize, (page + 1) * pageSize);
  return json(200, { meta: { orgId: request.token?.orgId }, data });
}

/** The agent's current activity; finished ones are not simulated. */
function toActivity(agent: SimulatorSettings['agents'][number], startTime: number): z.output<typeof AgentActivity> {
  return {
    active: true,
    agentDn: '',
    agentId: agent.id,
    agentLogin: agent.login,
    agentName: agent.name,
    agentSessionId: agent.id,
    channelId: '',
    channelType: agent.channelType,
    currentState: agent.state,
    endTime: -1,
    idleCode: '',
    idleCodeName: agent.state === 'idle' ? 'Break' : '',
    isLogin: 0,
    mmProfileType: 'blended',
    queueId: '',
    queueName: '',
    reason: '',
    siteId: 'site-1',
    siteName: 'Site',
    startTime,
    subChannelType: '',
    taskId: '',
    teamId: agent.teamId,
    teamName: 'Team',
    wrapupCodeName: '',
  };
}

export const insightRoutes: readonly ApiRoute[] = [
  route('search', { errors: 'api', scopes: READ_SCOPES, handle: search }),
  route('ewt', { errors: 'api', scopes: ANY_SCOPE, handle: estimatedWait }),
  route('agentActivities', { errors: 'api', scopes: READ_SCOPES, handle: agentActivities }),
];
