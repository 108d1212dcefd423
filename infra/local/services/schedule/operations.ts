import * as z from 'zod';
import type { Clock, EpochMs } from '../../../../src/shared/clock.ts';
import { AwsError } from '../shared/aws-error.ts';
import type { ServiceRequest } from '../shared/server.ts';
import {
  parseInput,
  parseScheduleRequest,
  type ScheduleDefinition,
  ScheduleName,
  type ScheduleRequest,
} from './definition.ts';
import { parseScheduleExpression } from '../../../../src/shared/schedule/expression.ts';
import { nextOf } from './runner.ts';
import type { ScheduleStore, StoredSchedule } from './store.ts';

export interface ScheduleOperationsDeps {
  readonly store: ScheduleStore;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly arnOf: (groupName: string, name: string) => string;
  readonly groupArnOf: (groupName: string) => string;
  /** Called after every change that may make something due earlier. */
  readonly onChange: () => void;
}

const LIST_MAX = 100;

const seconds = (ms: EpochMs): number => ms / 1000;

const requireGroup = ({ store }: ScheduleOperationsDeps, groupName: string): void => {
  if (store.group(groupName) === undefined) {
    throw new AwsError('ResourceNotFoundException', `Schedule group ${groupName} does not exist.`, 404);
  }
};

const requireSchedule = ({ store }: ScheduleOperationsDeps, groupName: string, name: string): StoredSchedule => {
  const schedule = store.find(groupName, name);
  if (schedule === undefined) {
    throw new AwsError('ResourceNotFoundException', `Schedule ${name} does not exist.`, 404);
  }
  return schedule;
};

const isOnce = (definition: ScheduleDefinition): boolean =>
  parseScheduleExpression(definition.ScheduleExpression).kind === 'at';

/** AWS: what a recurring schedule's StartDate may lie in the past. */
const START_AGE_MS_MAX = 5 * 60_000;

/** The first run from now on; an `at(...)` that is over is refused rather than kept for ever. */
const firstRunMs = (definition: ScheduleDefinition, nowMs: EpochMs): EpochMs | undefined => {
  const { StartDate: startDate } = definition;
  if (startDate !== undefined && startDate * 1000 < nowMs - START_AGE_MS_MAX && !isOnce(definition)) {
    throw new AwsError('ValidationException', 'The StartDate you specify cannot be earlier than 5 minutes ago.');
  }
  const next = nextOf(definition, nowMs, nowMs - 1);
  if (next === undefined && isOnce(definition)) {
    throw new AwsError(
      'ValidationException',
      `Invalid Schedule Expression ${definition.ScheduleExpression}: it is in the past.`,
    );
  }
  return definition.State === 'DISABLED' ? undefined : next;
};

/** @throws AwsError ConflictException, ResourceNotFoundException or ValidationException. */
export const createSchedule = (deps: ScheduleOperationsDeps, name: string, request: ScheduleRequest): unknown => {
  const { store, clock, arnOf } = deps;
  const { groupName, clientToken, definition } = request;
  requireGroup(deps, groupName);
  const existing = store.find(groupName, name);
  if (existing !== undefined) {
    if (clientToken !== undefined && existing.clientToken === clientToken) {
      return { ScheduleArn: arnOf(groupName, name) };
    }
    throw new AwsError('ConflictException', `Schedule ${name} already exists.`, 409);
  }
  const nowMs = clock.nowMs();
  const nextMs = firstRunMs(definition, nowMs);
  store.transaction(() =>
    store.save({ groupName, name, definition, clientToken, createdMs: nowMs, modifiedMs: nowMs, nextMs }),
  );
  deps.onChange();
  return { ScheduleArn: arnOf(groupName, name) };
};

/** @throws AwsError ResourceNotFoundException or ValidationException. */
export const updateSchedule = (deps: ScheduleOperationsDeps, name: string, request: ScheduleRequest): unknown => {
  const { store, clock, arnOf } = deps;
  const { groupName, clientToken, definition } = request;
  const { createdMs } = requireSchedule(deps, groupName, name);
  const nowMs = clock.nowMs();
  const nextMs = firstRunMs(definition, nowMs);
  store.transaction(() => {
    store.deleteDeliveriesOf(groupName, name);
    store.save({ groupName, name, definition, clientToken, createdMs, modifiedMs: nowMs, nextMs });
  });
  deps.onChange();
  return { ScheduleArn: arnOf(groupName, name) };
};

const getSchedule = (deps: ScheduleOperationsDeps, groupName: string, name: string): unknown => {
  const schedule = requireSchedule(deps, groupName, name);
  return {
    ...schedule.definition,
    ActionAfterCompletion: schedule.definition.ActionAfterCompletion ?? 'NONE',
    ScheduleExpressionTimezone: schedule.definition.ScheduleExpressionTimezone ?? 'UTC',
    State: schedule.definition.State ?? 'ENABLED',
    Arn: deps.arnOf(groupName, name),
    Name: name,
    GroupName: groupName,
    CreationDate: seconds(schedule.createdMs),
    LastModificationDate: seconds(schedule.modifiedMs),
  };
};

const deleteSchedule = (deps: ScheduleOperationsDeps, groupName: string, name: string): unknown => {
  requireSchedule(deps, groupName, name);
  deps.store.transaction(() => {
    deps.store.deleteDeliveriesOf(groupName, name);
    deps.store.delete(groupName, name);
  });
  return {};
};

const ListQuery = z.object({
  ScheduleGroup: z.optional(ScheduleName),
  NamePrefix: z.optional(ScheduleName),
  State: z.optional(z.enum(['ENABLED', 'DISABLED'])),
  MaxResults: z.optional(z.coerce.number().int().min(1).max(LIST_MAX)),
  NextToken: z.optional(z.string().max(2048)),
});
const PlaceSchema = z.tuple([z.string(), z.string()]);

const parsePlace = (token: string | undefined): { readonly groupName: string; readonly name: string } => {
  if (token === undefined) {
    return { groupName: '', name: '' };
  }
  try {
    const [groupName, name] = PlaceSchema.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8')));
    return { groupName, name };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) {
      throw new AwsError('ValidationException', 'NextToken: is not one that this service gave.');
    }
    throw error;
  }
};

const listSchedules = ({ store, arnOf }: ScheduleOperationsDeps, query: URLSearchParams): unknown => {
  const {
    ScheduleGroup,
    NamePrefix,
    State,
    MaxResults = LIST_MAX,
    NextToken,
  } = parseInput(ListQuery, Object.fromEntries(query), '');
  const page = store.list(parsePlace(NextToken), MaxResults);
  const last = page.at(-1);
  const shown = page.filter(
    ({ groupName, name, definition }) =>
      (ScheduleGroup === undefined || groupName === ScheduleGroup) &&
      (NamePrefix === undefined || name.startsWith(NamePrefix)) &&
      (State === undefined || (definition.State ?? 'ENABLED') === State),
  );
  return {
    Schedules: shown.map(({ groupName, name, definition, createdMs, modifiedMs }) => ({
      Arn: arnOf(groupName, name),
      Name: name,
      GroupName: groupName,
      State: definition.State ?? 'ENABLED',
      CreationDate: seconds(createdMs),
      LastModificationDate: seconds(modifiedMs),
      Target: { Arn: definition.Target.Arn },
    })),
    ...(last === undefined || page.length < MaxResults
      ? {}
      : { NextToken: Buffer.from(JSON.stringify([last.groupName, last.name])).toString('base64url') }),
  };
};

const runGroupOperation = (deps: ScheduleOperationsDeps, method: string, name: string): unknown => {
  const { store, clock, groupArnOf } = deps;
  if (method === 'POST') {
    if (store.group(name) !== undefined) {
      throw new AwsError('ConflictException', `Schedule group ${name} already exists.`, 409);
    }
    store.createGroup(name, clock.nowMs());
    return { ScheduleGroupArn: groupArnOf(name) };
  }
  requireGroup(deps, name);
  if (method === 'GET') {
    const createdMs = store.group(name)?.createdMs ?? 0;
    return {
      Arn: groupArnOf(name),
      Name: name,
      State: 'ACTIVE',
      CreationDate: seconds(createdMs),
      LastModificationDate: seconds(createdMs),
    };
  }
  if (method === 'DELETE' && name !== 'default') {
    store.transaction(() => store.deleteGroup(name));
    return {};
  }
  throw new AwsError('ValidationException', `${method} of the schedule group ${name} is not possible.`);
};

/**
 * Answers one request of the Scheduler's REST API.
 *
 * @throws AwsError with the code of the real service.
 */
export const runSchedulerOperation = (deps: ScheduleOperationsDeps, request: ServiceRequest): unknown => {
  const { method, path, query, body } = request;
  const [, collection, encodedName] = path.split('/');
  if (collection === 'schedules' && encodedName === undefined && method === 'GET') {
    return listSchedules(deps, query);
  }
  const name =
    encodedName === undefined ? undefined : parseInput(ScheduleName, decodeURIComponent(encodedName), 'Name');
  if (collection === 'schedule-groups' && name !== undefined) {
    return runGroupOperation(deps, method, name);
  }
  if (collection === 'schedules' && name !== undefined) {
    const groupName = parseInput(ScheduleName, query.get('groupName') ?? 'default', 'GroupName');
    switch (method) {
      case 'POST':
        return createSchedule(deps, name, parseScheduleRequest(body));
      case 'PUT':
        return updateSchedule(deps, name, parseScheduleRequest(body));
      case 'GET':
        return getSchedule(deps, groupName, name);
      case 'DELETE':
        return deleteSchedule(deps, groupName, name);
    }
  }
  throw new AwsError('UnknownOperationException', `The local Scheduler does not know "${method} ${path}".`, 404);
};
