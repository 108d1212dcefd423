import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { PutScheduleSchema } from '../../events/campaign-schedule/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { operatorOf } from '../../src/adapters/lambda/operator.ts';
import { parseBody } from '../../src/adapters/lambda/parse-body.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { instant, json, noContent } from '../../src/adapters/lambda/respond.ts';
import { campaignInPath } from '../../src/adapters/lambda/upload-path.ts';
import {
  type ChangeScheduleDeps,
  deleteSchedule,
  enableSchedule,
  putSchedule,
} from '../../src/campaigns/schedules/change-schedule.ts';
import type { RunQueue } from '../../src/campaigns/schedules/ports.ts';
import { type StoredSchedule, runId } from '../../src/campaigns/schedules/schedule.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import {
  changeCommand,
  runsBody,
  runsPage,
  scheduleInPath,
  scheduleView,
  schedulesBody,
  schedulesPage,
  toProblem,
} from './translate.ts';

export interface Deps extends ChangeScheduleDeps, Pick<Observability, 'logger'> {
  readonly queue: RunQueue;
}

type Answer = Promise<APIGatewayProxyStructuredResultV2>;

/** A mapping may name 200 columns of 200 characters. */
const bodyBytesMax = 256 * 1_024;
const one = '/v1/campaigns/{id}/schedules/{name}';

const routes: Readonly<Record<string, (deps: Deps, event: APIGatewayProxyEventV2) => Answer>> = {
  [`PUT ${one}`]: put,
  [`GET ${one}`]: get,
  [`DELETE ${one}`]: remove,
  'GET /v1/campaigns/{id}/schedules': list,
  [`POST ${one}/pause`]: (deps, event) => enable(deps, event, false),
  [`POST ${one}/resume`]: (deps, event) => enable(deps, event, true),
  [`POST ${one}/run`]: askRun,
  [`GET ${one}/runs`]: listRuns,
};

export const createHandler = (deps: Deps) =>
  middy()
    .use(problemDetails(deps.logger))
    .handler((event: APIGatewayProxyEventV2): Answer => {
      const route = routes[event.routeKey];
      if (!route) throw new ProblemError('not-found');
      return route(deps, event);
    });

async function put(deps: Deps, event: APIGatewayProxyEventV2): Answer {
  const command = changeCommand(event, operatorOf(event));
  const wanted = await parseBody(event, PutScheduleSchema, { bytesMax: bodyBytesMax });
  const changed = await putSchedule(deps, { ...command, ...wanted });
  if (!changed.ok) throw toProblem(changed.failure);
  const { outcome, schedule } = changed.value;
  deps.logger.info(logCodes.scheduleChanged, { campaign: schedule.campaignId, schedule: schedule.name, outcome });
  return answer(deps, changed.value, outcome === 'created' ? 201 : 200);
}

async function enable(deps: Deps, event: APIGatewayProxyEventV2, enabled: boolean): Answer {
  const changed = await enableSchedule(deps, { ...changeCommand(event, operatorOf(event)), enabled });
  if (!changed.ok) throw toProblem(changed.failure);
  const { campaignId, name } = changed.value.schedule;
  deps.logger.info(logCodes.scheduleChanged, { campaign: campaignId, schedule: name, enabled });
  return answer(deps, changed.value, 200);
}

async function get(deps: Deps, event: APIGatewayProxyEventV2): Answer {
  const stored = await deps.schedules.read(scheduleInPath(event));
  if (!stored) throw new ProblemError('not-found');
  const { runs } = await deps.runs.list(stored.schedule, { limit: 1 });
  return answer(deps, stored, 200, runs[0]);
}

async function remove(deps: Deps, event: APIGatewayProxyEventV2): Answer {
  const command = changeCommand(event, operatorOf(event));
  const deleted = await deleteSchedule(deps, command);
  if (!deleted.ok) throw toProblem(deleted.failure);
  deps.logger.info(logCodes.scheduleDeleted, { campaign: command.key.campaignId, schedule: command.key.name });
  return noContent();
}

async function list(deps: Deps, event: APIGatewayProxyEventV2): Answer {
  const page = await deps.schedules.list(campaignInPath(event), schedulesPage(event));
  return json(200, schedulesBody(page, deps.clock.nowMs()));
}

async function listRuns(deps: Deps, event: APIGatewayProxyEventV2): Answer {
  const key = scheduleInPath(event);
  const page = await deps.runs.list(key, runsPage(event));
  // The history outlives its schedule.
  if (page.runs.length === 0 && !(await deps.schedules.read(key))) throw new ProblemError('not-found');
  return json(200, runsBody(page));
}

async function askRun(deps: Deps, event: APIGatewayProxyEventV2): Answer {
  const key = scheduleInPath(event);
  const askedBy = operatorOf(event);
  if (!(await deps.schedules.read(key))) throw new ProblemError('not-found');
  const nowMs = deps.clock.nowMs();
  await deps.queue.send({ campaign: key.campaignId, schedule: key.name, askedAt: instant(nowMs), askedBy });
  const run = runId(nowMs, 'asked');
  deps.logger.info(logCodes.scheduleRunAsked, { campaign: key.campaignId, schedule: key.name, run });
  return json(202, { run }, { location: `/v1/campaigns/${key.campaignId}/schedules/${key.name}/runs` });
}

async function answer(
  deps: Deps,
  stored: StoredSchedule,
  status: number,
  lastRun?: Parameters<typeof scheduleView>[2],
): Answer {
  const view = scheduleView(stored, deps.clock.nowMs(), lastRun);
  return json(status, view, { etag: `"${stored.schedule.version}"` });
}
