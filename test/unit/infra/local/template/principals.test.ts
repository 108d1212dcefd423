import { describe, expect, it } from 'vitest';
import type { CfnResource } from '../../../../../infra/local/template/assembly.ts';
import { TemplateModel } from '../../../../../infra/local/template/model.ts';
import { principalsOf } from '../../../../../infra/local/template/principals.ts';
import { stack } from './stacks.ts';

const TRUST = {
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
};
const role = (more: Record<string, unknown> = {}): CfnResource => ({
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: TRUST, ...more },
});
const fn: CfnResource = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: 'b', S3Key: 'k' },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
  },
};
const allow = (action: string) => ({ Effect: 'Allow', Action: action, Resource: '*' });
const model = (resources: Record<string, CfnResource>) => TemplateModel.from([stack({ Resources: resources })]);

describe('principals', () => {
  it('gives a function the statements of its role: inline, attached and from AWS’s managed policies', () => {
    const resources = {
      Fn: fn,
      Role: role({
        Policies: [{ PolicyName: 'inline', PolicyDocument: { Statement: allow('sqs:SendMessage') } }],
        ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole'],
      }),
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'attached',
          PolicyDocument: { Statement: [allow('dynamodb:GetItem')] },
          Roles: [{ Ref: 'Role' }],
        },
      },
    };

    const [principal] = principalsOf(model(resources));

    expect(principal).toMatchObject({ functionName: 'Stack-Fn', roleArn: 'arn:aws:iam::000000000000:role/Stack-Role' });
    expect(principal?.statements.map(({ Action }) => Action)).toEqual([
      'sqs:SendMessage',
      'dynamodb:GetItem',
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    ]);
  });

  it('gives every principal an access key of its own that stays the same', () => {
    const resources = { Fn: fn, Role: role(), TimerRole: role() };

    const [first, second] = [principalsOf(model(resources)), principalsOf(model(resources))];

    expect(new Set(first.map(({ accessKeyId }) => accessKeyId)).size).toBe(2);
    expect(second).toEqual(first);
  });

  it('leaves out statements for services that are not on this machine, such as logs', () => {
    const statement = { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' };
    const resources = {
      Role: role({ Policies: [{ PolicyName: 'logs', PolicyDocument: { Statement: [statement] } }] }),
    };

    expect(principalsOf(model(resources))[0]?.statements).toEqual([]);
  });

  it('refuses a managed policy that the host does not know', () => {
    const resources = { Role: role({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }) };

    expect(() => principalsOf(model(resources))).toThrow(
      'Stack/Role: the local host does not know the managed policy arn:aws:iam::aws:policy/AdministratorAccess.',
    );
  });

  it('refuses a function whose role is not in the template', () => {
    const resources = {
      Fn: { ...fn, Properties: { ...fn.Properties, Role: 'arn:aws:iam::000000000000:role/elsewhere' } },
    };

    expect(() => principalsOf(model(resources))).toThrow(
      'Stack/Fn: its role arn:aws:iam::000000000000:role/elsewhere is not in the template.',
    );
  });
});
