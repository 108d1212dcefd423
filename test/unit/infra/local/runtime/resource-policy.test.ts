import { describe, expect, it } from 'vitest';
import { queueAdmits } from '../../../../../infra/local/runtime/resource-policy.ts';
import { TemplateModel } from '../../../../../infra/local/template/model.ts';
import { stack } from '../template/stacks.ts';

const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:Stack-Uploads';
const BUCKET_ARN = 'arn:aws:s3:::uploads';
const ALLOW = {
  Effect: 'Allow',
  Principal: { Service: 's3.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: QUEUE_ARN,
};
const TLS_ONLY = {
  Effect: 'Deny',
  Principal: '*',
  Action: 'sqs:*',
  Resource: QUEUE_ARN,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

const admits = (...statements: object[]): boolean => {
  const policy = {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: { Queues: [{ Ref: 'Uploads' }], PolicyDocument: { Statement: statements } },
  };
  const model = TemplateModel.from([stack({ Resources: { Uploads: { Type: 'AWS::SQS::Queue' }, Policy: policy } })]);
  return queueAdmits(model, QUEUE_ARN, 's3.amazonaws.com', BUCKET_ARN);
};

describe('the policy of a queue', () => {
  it.each([
    ['names the service', ALLOW],
    ['names everybody', { ...ALLOW, Principal: '*' }],
    ['asks for our account', { ...ALLOW, Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } } }],
    ['asks for a bucket like ours', { ...ALLOW, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::up*' } } }],
    ['allows every action of SQS', { ...ALLOW, Action: ['SQS:*'] }],
  ])('admits a service when a statement %s', (_what, statement) => {
    expect(admits(statement, TLS_ONLY)).toBe(true);
  });

  it.each([
    ['names another service', { ...ALLOW, Principal: { Service: 'events.amazonaws.com' } }],
    ['allows another action', { ...ALLOW, Action: 'sqs:ReceiveMessage' }],
    ['is for another queue', { ...ALLOW, Resource: `${QUEUE_ARN}-other` }],
    ['asks for another bucket', { ...ALLOW, Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::other' } } }],
    [
      'rests on a condition that cannot be told',
      { ...ALLOW, Condition: { NumericLessThan: { 'aws:SourceArn': '1' } } },
    ],
  ])('does not admit it when the only statement %s', (_what, statement) => {
    expect(admits(statement)).toBe(false);
  });

  it('lets a Deny win over an Allow', () => {
    expect(admits(ALLOW, { ...ALLOW, Effect: 'Deny' })).toBe(false);
  });

  it('admits nobody without a statement', () => {
    expect(admits()).toBe(false);
  });
});
