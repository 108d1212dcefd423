import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { RunIdSchema, ScheduleNameSchema, type ScheduleView } from '../../events/campaign-schedule/schema.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import { instant } from '../../src/adapters/lambda/respond.ts';
import { campaignInPath } from '../../src/adapters/lambda/upload-path.ts';
import type { ChangeCommand, ChangeScheduleFailure } from '../../src/campaigns/schedules/change-schedule.ts';
import type { RunPage, ScheduleKey, SchedulePage } from '../../src/campaigns/schedules/ports.ts';
import type { ScheduleRun, StoredSchedule } from '../../src/campaigns/schedules/schedule.ts';
import { runView } from '../../src/campaigns/schedules/tell-run.ts';
import { plannedBetween } from '../../src/campaigns/schedules/timing.ts';

const pageMax = 50;
const pageUsual = 20;
const nextRunsShown = 3;

/** @throws {ProblemError} `invalid-request` */
export const scheduleInPath = (event: APIGatewayProxyEventV2): ScheduleKey => ({
  campaignId: campaignInPath(event),
  name: checked(ScheduleNameSchema, event.pathParameters?.['name'], 'name in the path'),
});

/** @throws {ProblemError} `invalid-request` */
export const changeCommand = (event: APIGatewayProxyEventV2, by: string): ChangeCommand => ({
  key: scheduleInPath(event),
  by,
  ifVersion: versionIn(event.headers['if-match']),
});

export const schedulesPage = (event: APIGatewayProxyEventV2) => ({
  limit: limitOf(event),
  after: optionalQuery(ScheduleNameSchema, event, 'after'),
});

export const runsPage = (event: APIGatewayProxyEventV2) => ({
  limit: limitOf(event),
  before: optionalQuery(RunIdSchema, event, 'before'),
});

export const schedulesBody = ({ schedules, next }: SchedulePage, nowMs: number) => ({
  schedules: schedules.map((stored) => scheduleView(stored, nowMs)),
  ...(next !== undefined && { next }),
});

export const runsBody = ({ runs, next }: RunPage) => ({
  runs: runs.map(runView),
  ...(next !== undefined && { next }),
});

export function scheduleView(
  { schedule, timedVersion }: StoredSchedule,
  nowMs: number,
  lastRun?: ScheduleRun,
): ScheduleView {
  const { timing, source, activation, mapping, enabled, version } = schedule;
  const nextRuns = enabled ? plannedBetween(timing, nowMs, Number.POSITIVE_INFINITY, nextRunsShown) : [];
  return {
    campaign: schedule.campaignId,
    name: schedule.name,
    expression: timing.expression,
    timeZone: timing.timeZone,
    source,
    ...(activation && { activation }),
    ...(mapping && { mapping }),
    enabled,
    inForce: timedVersion === version,
    version,
    nextRuns: nextRuns.map(instant),
    ...(lastRun && { lastRun: runView(lastRun) }),
    createdAt: instant(schedule.createdAtMs),
    changedAt: instant(schedule.changedAtMs),
    changedBy: schedule.changedBy,
  };
}

export function toProblem(failure: ChangeScheduleFailure): ProblemError {
  switch (failure.code) {
    case 'not-found':
      return new ProblemError('not-found');
    case 'version-needed':
    case 'version-changed':
      return new ProblemError(failure.code, { detail: failure.detail });
    case 'field-unusable':
      return new ProblemError('invalid-request', { errors: [{ pointer: failure.pointer, detail: failure.detail }] });
    case 'too-many-schedules':
      return new ProblemError('invalid-request', { errors: [{ pointer: '', detail: failure.detail }] });
  }
}

/** An ETag as answers give it, such as "3"; the quotes may be left out. */
function versionIn(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined) return undefined;
  const digits = /^(?:"(\d{1,9})"|(\d{1,9}))$/.exec(ifMatch.trim());
  if (digits) return Number(digits[1] ?? digits[2]);
  throw new ProblemError('invalid-request', {
    errors: [{ pointer: '', detail: 'The header If-Match must be the version in quotes, such as "3".' }],
  });
}

function limitOf(event: APIGatewayProxyEventV2): number {
  const text = event.queryStringParameters?.['limit'];
  if (text === undefined) return pageUsual;
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= pageMax) return limit;
  throw new ProblemError('invalid-request', {
    errors: [{ pointer: '', detail: `limit in the query must be a whole number from 1 to ${pageMax}, got ${text}.` }],
  });
}

const optionalQuery = (schema: z.ZodMiniType<string>, event: APIGatewayProxyEventV2, name: string) => {
  const text = event.queryStringParameters?.[name];
  return text === undefined ? undefined : checked(schema, text, `${name} in the query`);
};

function checked(schema: z.ZodMiniType<string>, value: unknown, what: string): string {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  throw new ProblemError('invalid-request', {
    errors: parsed.error.issues.map(({ message }) => ({ pointer: '', detail: `${what} ${message}.` })),
  });
}
