import type { GatePrincipal, PolicyStatement } from '../gate/types.ts';
import { TemplateError } from './errors.ts';
import type { Resource, TemplateModel } from './model.ts';
import { stableId } from './names.ts';

/** What the managed policies of AWS that functions commonly carry allow, as far as a service of this machine is concerned. */
const AWS_MANAGED: Readonly<Record<string, readonly PolicyStatement[]>> = {
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': [],
  'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess': [],
  'arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole': [
    {
      Sid: 'AWSLambdaSQSQueueExecutionRole',
      Effect: 'Allow',
      Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      Resource: '*',
    },
  ],
  'arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole': [
    {
      Sid: 'AWSLambdaDynamoDBExecutionRole',
      Effect: 'Allow',
      Action: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      Resource: '*',
    },
  ],
};

/** A principal together with the role that it acts under. */
export interface RolePrincipal extends GatePrincipal {
  /** ARN of the function that runs under the role; absent for a role that a service assumes. */
  readonly functionArn?: string;
}

type Role = Resource<'AWS::IAM::Role'>;

/**
 * One principal a function, and one for every role that no function runs under (Scheduler assumes those), each with the
 * statements of its role and an access key of its own that stays the same from start to start.
 * @throws {TemplateError} for a managed policy that the host does not know, or a function whose role is not in the template.
 */
export const principalsOf = (model: TemplateModel): readonly RolePrincipal[] => {
  const roles = new Map(model.of('AWS::IAM::Role').map((role) => [role.attribute('Arn'), role]));
  const statements = new Map([...roles].map(([roleArn, role]) => [roleArn, statementsOf(model, role)]));
  const functions = model.of('AWS::Lambda::Function').map((fn): RolePrincipal => {
    const roleArn = fn.properties.Role;
    const granted = statements.get(roleArn);
    if (granted === undefined) throw new TemplateError(`${fn.path}: its role ${roleArn} is not in the template.`);
    return { ...key(fn.path), functionName: fn.ref, functionArn: fn.attribute('Arn'), roleArn, statements: granted };
  });
  const taken = new Set(functions.map(({ roleArn }) => roleArn));
  const services = [...roles]
    .filter(([roleArn]) => !taken.has(roleArn))
    .map(
      ([roleArn, role]): RolePrincipal => ({
        ...key(role.path),
        functionName: role.ref,
        roleArn,
        statements: statements.get(roleArn) ?? [],
      }),
    );
  return [...functions, ...services];
};

const key = (path: string): { readonly accessKeyId: string } => ({
  accessKeyId: `LKIA${stableId(path, 16).toUpperCase()}`,
});

const statementsOf = (model: TemplateModel, role: Role): readonly PolicyStatement[] => {
  const inline = (role.properties.Policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const attached = [...model.of('AWS::IAM::Policy'), ...model.of('AWS::IAM::ManagedPolicy')]
    .filter(({ properties }) => properties.Roles?.includes(role.ref))
    .flatMap(({ properties }) => properties.PolicyDocument.Statement);
  const custom = new Map(
    model.of('AWS::IAM::ManagedPolicy').map((policy) => [policy.ref, policy.properties.PolicyDocument.Statement]),
  );
  const managed = (role.properties.ManagedPolicyArns ?? []).flatMap((policyArn) => {
    const found = AWS_MANAGED[policyArn] ?? custom.get(policyArn);
    if (found === undefined)
      throw new TemplateError(`${role.path}: the local host does not know the managed policy ${policyArn}.`);
    return found;
  });
  return [...inline, ...attached, ...managed].filter(isForThisMachine);
};

/** Logs and traces go to services that are not here; their grants would only show up as never used. */
const isForThisMachine = ({ Action: action }: PolicyStatement): boolean => {
  const actions = action === undefined ? [] : [action].flat();
  return actions.length === 0 || !actions.every((name) => /^(logs|xray|cloudwatch|kms):/.test(name));
};
