import type * as z from 'zod';
import type { TemplateModel } from '../template/model.ts';
import { LOCAL_ACCOUNT } from '../template/names.ts';
import type { StatementSchema } from '../template/types/schema.ts';
import { matchesPattern } from './patterns.ts';

type Statement = z.infer<typeof StatementSchema>;

/** A call of a service of AWS that acts without a role, such as S3: a resource policy is all that it stands on. */
interface ServiceCall {
  readonly service: string;
  readonly action: string;
  readonly resource: string;
  /** Condition keys in lower case. */
  readonly context: Readonly<Record<string, string>>;
}

/** Whether the policies of a queue let a service send to it on behalf of a resource. */
export const queueAdmits = (model: TemplateModel, queueArn: string, service: string, sourceArn: string): boolean => {
  const queue = model.of('AWS::SQS::Queue').find((candidate) => candidate.attribute('Arn') === queueArn);
  const statements = model
    .of('AWS::SQS::QueuePolicy')
    .filter(({ properties }) => queue !== undefined && properties.Queues.includes(queue.ref))
    .flatMap(({ properties }) => properties.PolicyDocument.Statement);
  const call: ServiceCall = {
    service,
    action: 'sqs:SendMessage',
    resource: queueArn,
    context: { 'aws:sourceaccount': LOCAL_ACCOUNT, 'aws:sourcearn': sourceArn, 'aws:securetransport': 'true' },
  };
  const applying = statements.filter((statement) => applies(statement, call));
  return applying.some(({ Effect }) => Effect === 'Allow') && !applying.some(({ Effect }) => Effect === 'Deny');
};

const applies = (statement: Statement, call: ServiceCall): boolean =>
  names(statement.Principal, call.service) &&
  anyMatches(statement.Action, call.action.toLowerCase(), (text) => text.toLowerCase()) &&
  anyMatches(statement.Resource, call.resource) &&
  Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holds(operator, [wanted].flat(), call.context[key.toLowerCase()])),
  );

const names = (principal: Statement['Principal'], service: string): boolean => {
  if (principal === undefined || principal === '*') return principal === '*';
  return [principal['Service'] ?? []].flat().includes(service) || [principal['AWS'] ?? []].flat().includes('*');
};

const anyMatches = (
  patterns: string | readonly string[] | undefined,
  text: string,
  normalize = (pattern: string) => pattern,
): boolean =>
  patterns !== undefined && [patterns].flat().some((pattern: string) => matchesPattern(normalize(pattern), text));

/** A condition that cannot be told does not hold: an Allow that rests on it is none. */
const holds = (operator: string, wanted: readonly string[], value: string | undefined): boolean => {
  if (value === undefined) return false;
  switch (operator) {
    case 'StringEquals':
    case 'Bool':
      return wanted.includes(value);
    case 'StringLike':
    case 'ArnLike':
    case 'ArnEquals':
      return wanted.some((pattern) => matchesPattern(pattern, value));
    default:
      return false;
  }
};
