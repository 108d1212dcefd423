import { describe, expect, it } from 'vitest';
import type { CfnTemplate } from '../../../../../infra/local/template/assembly.ts';
import { TemplateResolver } from '../../../../../infra/local/template/resolver.ts';
import { stack } from './stacks.ts';

const QUEUE = { Type: 'AWS::SQS::Queue', Properties: {} };

/** Resolves one value by giving it to a resource as a property. */
const resolve = (value: unknown, template: CfnTemplate = {}): unknown => {
  const probe = { Type: 'AWS::Logs::LogGroup', Properties: { value } };
  const resources = new TemplateResolver([
    stack({ ...template, Resources: { ...template.Resources, Probe: probe } }),
  ]).resources();
  return resources.find(({ logicalId }) => logicalId === 'Probe')?.properties['value'];
};

describe('references', () => {
  it('answers the queue URL for Ref and the ARN for Fn::GetAtt of a queue', () => {
    const template = { Resources: { Jobs: QUEUE } };

    const resolved = resolve(
      [{ Ref: 'Jobs' }, { 'Fn::GetAtt': ['Jobs', 'Arn'] }, { 'Fn::GetAtt': 'Jobs.QueueName' }],
      template,
    );

    expect(resolved).toEqual([
      'https://sqs.us-east-1.amazonaws.com/000000000000/Stack-Jobs',
      'arn:aws:sqs:us-east-1:000000000000:Stack-Jobs',
      'Stack-Jobs',
    ]);
  });

  it('uses the name that the template gives over a made-up one', () => {
    const template = {
      Resources: {
        Jobs: { ...QUEUE, Properties: { QueueName: { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] } } },
      },
    };

    expect(resolve({ 'Fn::GetAtt': ['Jobs', 'Arn'] }, template)).toBe('arn:aws:sqs:us-east-1:000000000000:a-us-east-1');
  });

  it('gives a secret the same ARN with six characters behind its name every time', () => {
    const template = { Resources: { Token: { Type: 'AWS::SecretsManager::Secret', Properties: {} } } };

    const [first, second] = [resolve({ Ref: 'Token' }, template), resolve({ Ref: 'Token' }, template)];

    expect(first).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:Stack-Token-[\da-f]{6}$/);
    expect(second).toBe(first);
  });

  it('takes the default of a parameter, and refuses one without', () => {
    const template = { Parameters: { BootstrapVersion: { Default: '21' }, Asked: {} } };

    expect(resolve({ Ref: 'BootstrapVersion' }, template)).toBe('21');
    expect(() => resolve({ Ref: 'Asked' }, template)).toThrow('Parameter Asked of stack Stack has no default');
  });

  it('follows an export to the stack that exports it, whatever the order of the stacks', () => {
    const reader = stack({
      Resources: { Reader: { Type: 'AWS::Logs::LogGroup', Properties: { queue: { 'Fn::ImportValue': 'Data:Jobs' } } } },
    });
    const owner = stack(
      {
        Resources: { Jobs: QUEUE },
        Outputs: {
          Jobs: { Value: { 'Fn::GetAtt': ['Jobs', 'Arn'] }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:Jobs' } } },
        },
      },
      { stackName: 'Data' },
    );

    const [resource] = new TemplateResolver([reader, owner]).resources();

    expect(resource?.properties).toEqual({ queue: 'arn:aws:sqs:us-east-1:000000000000:Data-Jobs' });
  });

  it.each([
    ['a resource that is not there', { Ref: 'Nobody' }, 'Stack Stack refers to Nobody, which it does not hold.'],
    [
      'an attribute that the host does not know',
      { 'Fn::GetAtt': ['Jobs', 'Colour'] },
      'the attribute Colour is not known to the local host',
    ],
    ['an export that nobody makes', { 'Fn::ImportValue': 'Nothing' }, 'No stack exports "Nothing"'],
    [
      'a function that the host does not know',
      { 'Fn::Cidr': ['10.0.0.0/16', 1, 8] },
      'The intrinsic function Fn::Cidr is not known',
    ],
    [
      'a dynamic reference',
      '{{resolve:ssm:/x}}',
      'The dynamic reference {{resolve:ssm:/x}} is resolved by CloudFormation only',
    ],
  ])('refuses %s', (_what, value, message) => {
    expect(() => resolve(value, { Resources: { Jobs: QUEUE } })).toThrow(message);
  });

  it('tells a circle of references instead of running for ever', () => {
    const template = {
      Resources: { Jobs: { ...QUEUE, Properties: { QueueName: { 'Fn::GetAtt': ['Jobs', 'QueueName'] } } } },
    };

    expect(() => resolve({ Ref: 'Jobs' }, template)).toThrow('Jobs.QueueName refers to itself in stack Stack.');
  });

  it('names the construct whose property cannot be resolved', () => {
    const resources = { Reader: { Type: 'AWS::Logs::LogGroup', Properties: { queue: { Ref: 'Nobody' } } } };
    const resolver = new TemplateResolver([
      stack({ Resources: resources }, { constructPaths: new Map([['Reader', 'Stack/reader']]) }),
    ]);

    expect(() => resolver.resources()).toThrow('Stack/reader (AWS::Logs::LogGroup): Stack Stack refers to Nobody');
  });
});

describe('functions', () => {
  it.each([
    ['Fn::Join', { 'Fn::Join': ['/', ['a', { Ref: 'AWS::AccountId' }, 1]] }, 'a/000000000000/1'],
    [
      'Fn::Sub with references and literals',
      { 'Fn::Sub': '${AWS::Partition}:${Jobs.QueueName}:${!Kept}' },
      'aws:Stack-Jobs:${Kept}',
    ],
    [
      'Fn::Sub with own variables',
      { 'Fn::Sub': ['${A}-${B}', { A: 1, B: { Ref: 'AWS::URLSuffix' } }] },
      '1-amazonaws.com',
    ],
    ['Fn::Select of Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
    ['Fn::Base64', { 'Fn::Base64': 'abc' }, 'YWJj'],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'memory'] }, 256],
  ])('evaluates %s', (_name, value, expected) => {
    const template = { Resources: { Jobs: QUEUE }, Mappings: { Sizes: { 'us-east-1': { memory: 256 } } } };

    expect(resolve(value, template)).toBe(expected);
  });

  it('leaves a policy document with a condition as it is', () => {
    const statement = { Effect: 'Allow', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };

    expect(resolve(statement)).toEqual(statement);
  });

  it('drops members and list entries that are AWS::NoValue', () => {
    const nothing = { Ref: 'AWS::NoValue' };

    expect(resolve({ kept: 1, gone: nothing, list: [nothing, 2] })).toEqual({ kept: 1, list: [2] });
  });
});

describe('conditions', () => {
  const conditions = {
    IsLocal: { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, '000000000000'] },
    IsNot: { 'Fn::Not': [{ Condition: 'IsLocal' }] },
    Both: { 'Fn::And': [{ Condition: 'IsLocal' }, { Condition: 'IsNot' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsLocal' }, { Condition: 'IsNot' }] },
  };

  it('chooses the branch of Fn::If and evaluates only that one', () => {
    const value = { 'Fn::If': ['IsLocal', 'here', { Ref: 'Nobody' }] };

    expect(resolve(value, { Conditions: conditions })).toBe('here');
  });

  it.each([
    ['Both', 'no'],
    ['Either', 'yes'],
  ])('combines conditions: %s', (name, expected) => {
    expect(resolve({ 'Fn::If': [name, 'yes', 'no'] }, { Conditions: conditions })).toBe(expected);
  });

  it('leaves out a resource whose condition does not hold', () => {
    const resources = { Jobs: { ...QUEUE, Condition: 'IsNot' } };

    expect(new TemplateResolver([stack({ Conditions: conditions, Resources: resources })]).resources()).toEqual([]);
  });
});
