import { expect, test } from 'vitest';
import { type GrantedRole, describeReport, reportPermissions } from '../../../../infra/cli/permissions-report.ts';
import type { Usage } from '../../../../infra/local/gate/index.ts';

const tableArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Calls';
const role = (reasons: Readonly<Record<string, string>> = {}): GrantedRole => ({
  name: 'read-call-1a2b',
  title: 'RingbackService/ReadCall',
  statements: [
    { Sid: 'ReadCall', Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: tableArn },
    { Sid: 'ReadRecord', Effect: 'Allow', Action: 'dynamodb:Query', Resource: tableArn },
  ],
  reasons,
});
const use = (statement: string, action: string, used: number) => ({ statement, action, resource: tableArn, used });
const usage = (queries: number, denied: Usage[string]['denied'] = []): Usage => ({
  'read-call-1a2b': {
    denied,
    granted: [use('ReadCall', 'dynamodb:GetItem', 3), use('ReadRecord', 'dynamodb:Query', queries)],
  },
});

test('finds nothing where every grant was used and nothing was denied', () => {
  const report = reportPermissions([role()], usage(1));

  expect(report).toMatchObject({ denied: [], unused: [], explained: [], idleReasons: [] });
  expect(report.roles).toEqual([{ role: 'RingbackService/ReadCall', grants: 2, used: 2, denied: 0 }]);
});

test('names the grant that no test used', () => {
  const report = reportPermissions([role()], usage(0));

  expect(report.unused).toMatchObject([{ statement: 'ReadRecord', action: 'dynamodb:Query', resource: tableArn }]);
  expect(describeReport(report)).toContain(`  RingbackService/ReadCall: ReadRecord, dynamodb:Query on ${tableArn}`);
});

test('takes the reason beside an unused grant', () => {
  const report = reportPermissions([role({ ReadRecord: 'Only operators ask.' })], usage(0));

  expect(report.unused).toEqual([]);
  expect(report.explained).toMatchObject([{ statement: 'ReadRecord', because: 'Only operators ask.' }]);
});

test('tells of a reason that is not needed any more', () => {
  const report = reportPermissions([role({ ReadRecord: 'Only operators ask.' })], usage(1));

  expect(report.idleReasons).toEqual([{ title: 'RingbackService/ReadCall', statement: 'ReadRecord' }]);
});

test('takes a role that no test started for one whose grants are unused', () => {
  const report = reportPermissions([role()], {});

  expect(report.unused).toHaveLength(2);
});

test('names what was denied', () => {
  const denied = [{ action: 'dynamodb:PutItem', resource: tableArn, count: 2 }];

  const report = reportPermissions([role()], usage(1, denied));

  expect(report.denied).toMatchObject([{ action: 'dynamodb:PutItem', resource: tableArn }]);
  expect(describeReport(report)[1]).toBe(`  RingbackService/ReadCall: dynamodb:PutItem on ${tableArn}`);
});
