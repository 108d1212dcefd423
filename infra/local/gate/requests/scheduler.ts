import { UnsupportedRequestError } from '../errors.ts';
import type { AccessRequest } from '../types.ts';
import { member, type ParsedRequest, type ResourceNames, stringMember } from './context.ts';

const SCHEDULE_ACTIONS: Readonly<Record<string, string>> = {
  DELETE: 'scheduler:DeleteSchedule',
  GET: 'scheduler:GetSchedule',
  POST: 'scheduler:CreateSchedule',
  PUT: 'scheduler:UpdateSchedule',
};

const GROUP_ACTIONS: Readonly<Record<string, string>> = {
  DELETE: 'scheduler:DeleteScheduleGroup',
  GET: 'scheduler:GetScheduleGroup',
  POST: 'scheduler:CreateScheduleGroup',
};

const passRole = (body: unknown): readonly AccessRequest[] => {
  const roleArn = stringMember(member(body, 'Target'), 'RoleArn');
  return roleArn === undefined
    ? []
    : [
        {
          action: 'iam:PassRole',
          resource: roleArn,
          context: { 'iam:passedtoservice': ['scheduler.amazonaws.com'] },
        },
      ];
};

/** What a request to EventBridge Scheduler wants; creating or changing a schedule also passes its target's role. */
export const readSchedulerRequest = (request: ParsedRequest, names: ResourceNames): readonly AccessRequest[] => {
  const { method, path, query, body } = request;
  const [, collection, encodedName] = path.split('/');
  const arn = (kind: string, name: string): string =>
    `arn:aws:scheduler:${names.region}:${names.accountId}:${kind}/${name}`;
  if (collection === 'schedules' && encodedName !== undefined) {
    const action = SCHEDULE_ACTIONS[method];
    const group = query.get('groupName') ?? stringMember(body, 'GroupName') ?? 'default';
    if (action !== undefined) {
      const resource = arn('schedule', `${group}/${decodeURIComponent(encodedName)}`);
      return [{ action, resource }, ...(method === 'POST' || method === 'PUT' ? passRole(body) : [])];
    }
  }
  if (collection === 'schedules' && method === 'GET') {
    return [{ action: 'scheduler:ListSchedules', resource: arn('schedule', '*/*') }];
  }
  if (collection === 'schedule-groups' && encodedName !== undefined) {
    const action = GROUP_ACTIONS[method];
    if (action !== undefined) {
      return [{ action, resource: arn('schedule-group', decodeURIComponent(encodedName)) }];
    }
  }
  throw new UnsupportedRequestError(`The gate does not know the Scheduler operation "${method} ${path}".`);
};
