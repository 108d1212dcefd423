import type * as z from 'zod';
import { CreateTaskRequest, GetTasksQuery } from '../contract/tasks.ts';
import { type Answer, errorAnswer, json } from '../http/answers.ts';
import { type ApiRequest, parseJsonBody, parseQuery } from '../http/request.ts';
import type { Simulation } from '../simulation.ts';
import type { TaskRecord } from '../store/task-store.ts';
import { phaseAt, taskApiStatus } from '../tasks/life.ts';
import { type ApiRoute, READ_SCOPES, route, USER_SCOPE } from './route.ts';

const PAGE_SIZE_DEFAULT = 100;

function createTask(request: ApiRequest, simulation: Simulation): Answer {
  const refuse = (words: string) => errorAnswer('general', 400, words, request.trackingId);
  const parsed = parseJsonBody(request, CreateTaskRequest);
  if (!parsed.ok) return refuse(parsed.failure);
  const task = parsed.value;
  const refusal = organizationRefusal(task, simulation);
  if (refusal) return refuse(refusal);
  const id = simulation.addTask({
    createdAtMs: request.nowMs,
    number: task.destination,
    entryPointId: task.entryPointId,
    outboundType: task.outboundType,
    origin: task.origin ?? null,
    attributes: task.attributes ?? {},
    body: task,
    bearerToken: request.token?.token ?? null,
    clientId: request.token?.clientId ?? null,
    requestIndex: request.index,
    scheduledCallbackId: null,
  });
  return {
    ...json(201, { meta: { orgId: request.token?.orgId ?? simulation.organizationId }, data: { id } }),
    taskId: id,
  };
}

/** What only the organization's own configuration can refuse. */
function organizationRefusal(task: z.output<typeof CreateTaskRequest>, { settings }: Simulation): string | undefined {
  const wanted = task.outboundType === 'EXECUTE_FLOW' ? 'inbound' : 'outbound';
  const entryPoint = settings.entryPoints.find((candidate) => candidate.id === task.entryPointId);
  if (settings.entryPoints.length > 0 && entryPoint === undefined) return 'entryPointId: is unknown.';
  if (entryPoint && entryPoint.type !== wanted)
    return `entryPointId: must be an ${wanted} entry point for ${task.outboundType}.`;
  const knownAni =
    settings.outdialAnis.length === 0 || task.origin === undefined || settings.outdialAnis.includes(task.origin);
  if (!knownAni) return 'origin: Invalid origin.';
  if (task.outboundType === 'OUTDIAL' && !settings.desktopLoggedIn)
    return 'OUTDIAL: the user is not logged in to the desktop.';
  return undefined;
}

function getTasks(request: ApiRequest, simulation: Simulation): Answer {
  const parsed = parseQuery(request.query, GetTasksQuery);
  if (!parsed.ok) return errorAnswer('api', 400, parsed.failure, request.trackingId);
  const query = parsed.value;
  const atMs = request.nowMs - (simulation.settings.searchLagSeconds + request.searchLagSeconds) * 1_000;
  const channels = query.channelTypes?.split(',') ?? ['telephony'];
  const toMs = Math.min(query.to === undefined ? request.nowMs : Number(query.to), atMs);
  const pageSize = Number(query.pageSize ?? PAGE_SIZE_DEFAULT);
  const found = channels.includes('telephony')
    ? simulation.tasks.createdBetween(Number(query.from), toMs, pageSize)
    : [];
  const data = found.filter((task) => task.plan.outcome !== 'failed').map((task) => toApiTask(task, simulation, atMs));
  return json(200, { meta: { orgId: request.token?.orgId }, data });
}

function toApiTask(task: TaskRecord, { settings }: Simulation, atMs: number) {
  const agent =
    phaseAt(task.plan, atMs) !== 'created' && task.plan.outcome === 'connected' ? settings.agents[0] : undefined;
  const queue = settings.queues[0];
  const moments = [task.createdAtMs, task.plan.connectAtMs ?? 0, task.plan.endAtMs ?? 0].filter(
    (momentMs) => momentMs <= atMs,
  );
  return {
    id: task.id,
    attributes: {
      owner: { id: agent?.id ?? '', name: agent?.name ?? '' },
      queue: { id: queue?.id ?? '', name: queue?.name ?? '' },
      channelType: 'telephony',
      status: taskApiStatus(task.plan, atMs),
      createdTime: task.createdAtMs,
      lastUpdatedTime: Math.max(...moments),
      captureRequested: false,
      origin: task.number,
      destination: task.origin ?? '',
      direction: 'outbound',
    },
  };
}

export const taskRoutes: readonly ApiRoute[] = [
  route('createTask', { errors: 'general', scopes: USER_SCOPE, handle: createTask }),
  route('getTasks', { errors: 'api', scopes: READ_SCOPES, handle: getTasks }),
];
