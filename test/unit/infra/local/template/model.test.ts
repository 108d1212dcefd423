import { describe, expect, it } from 'vitest';
import { IDENTITIES } from '../../../../../infra/local/template/identities.ts';
import { TemplateModel } from '../../../../../infra/local/template/model.ts';
import { RESOURCE_TYPES } from '../../../../../infra/local/template/types/index.ts';
import { stack, stackWith } from './stacks.ts';

const FUNCTION = {
  Code: { S3Bucket: 'assets', S3Key: 'abc.zip' },
  Handler: 'index.handler',
  Role: 'arn:aws:iam::000000000000:role/r',
  Runtime: 'nodejs24.x',
};

describe('the table of known types', () => {
  it('knows what Ref answers for every type that it knows', () => {
    expect(Object.keys(RESOURCE_TYPES).filter((type) => !(type in IDENTITIES))).toEqual([]);
  });

  it('refuses a resource type that is not in it, with its path', () => {
    const stacks = [stackWith('AWS::EC2::VPC', {})];

    expect(() => TemplateModel.from(stacks)).toThrow(
      'Stack/Thing: the resource type AWS::EC2::VPC is not known to the local host.',
    );
  });

  it.each([
    [
      'AWS::SQS::Queue',
      { RedriveSort: 1 },
      'Stack/Thing (AWS::SQS::Queue): the local host does not know the property RedriveSort.',
    ],
    [
      'AWS::Lambda::Function',
      { ...FUNCTION, Environment: { Secrets: {} } },
      'the local host does not know the property Environment.Secrets',
    ],
    [
      'AWS::Lambda::Function',
      { ...FUNCTION, VpcConfig: {}, Layers: [] },
      'the local host does not know the properties VpcConfig, Layers',
    ],
    [
      'AWS::S3::Bucket',
      { NotificationConfiguration: { TopicConfigurations: [] } },
      'the local host does not know the property NotificationConfiguration.TopicConfigurations',
    ],
    [
      'AWS::DynamoDB::Table',
      { KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH', Order: 1 }] },
      'the local host does not know the property KeySchema.0.Order',
    ],
  ])('refuses a property of %s that it does not know, nested ones too', (type, properties, message) => {
    expect(() => TemplateModel.from([stackWith(type, properties)])).toThrow(message);
  });

  it.each([
    [
      'AWS::Lambda::Function',
      { ...FUNCTION, Runtime: 'python3.13' },
      'the property Runtime can only be a Node.js runtime here',
    ],
    [
      'AWS::ApiGatewayV2::Api',
      { Name: 'a', ProtocolType: 'WEBSOCKET' },
      'the property ProtocolType can only be "HTTP" here: the host serves HTTP APIs',
    ],
    [
      'AWS::DynamoDB::GlobalTable',
      { KeySchema: [], Replicas: [{ Region: 'us-east-1' }, { Region: 'eu-west-1' }] },
      'the property Replicas can name one region only: there is one machine',
    ],
  ])('refuses a value of %s that it cannot do, with the reason', (type, properties, message) => {
    expect(() => TemplateModel.from([stackWith(type, properties)])).toThrow(message);
  });

  it('takes properties that it knowingly ignores', () => {
    const model = TemplateModel.from([
      stackWith('AWS::SQS::Queue', { Tags: [{ Key: 'a', Value: 'b' }], SqsManagedSseEnabled: true, DelaySeconds: '5' }),
    ]);

    expect(model.of('AWS::SQS::Queue')[0]?.properties.DelaySeconds).toBe(5);
  });

  it('says why it ignores each property that it ignores', () => {
    const reasons = Object.values(RESOURCE_TYPES).flatMap((schema) =>
      Object.values(schema.shape).flatMap((member) => {
        const meta = (member as { meta?(): { ignored?: string } | undefined }).meta?.();
        return meta === undefined || !('ignored' in meta) ? [] : [meta.ignored];
      }),
    );

    expect(reasons.length).toBeGreaterThan(50);
    expect(reasons.filter((reason) => typeof reason !== 'string' || reason.length < 10)).toEqual([]);
  });
});

describe('custom resources', () => {
  const provider = {
    Type: 'AWS::Lambda::Function',
    Properties: { Code: { ZipFile: 'import cfnresponse' }, Runtime: 'python3.13' },
  };
  const notifications = {
    Type: 'Custom::S3BucketNotifications',
    Properties: {
      ServiceToken: { 'Fn::GetAtt': ['Provider', 'Arn'] },
      BucketName: 'uploads',
      NotificationConfiguration: {
        LambdaFunctionConfigurations: [
          {
            Events: ['s3:ObjectCreated:*'],
            LambdaFunctionArn: 'arn:x',
            Filter: { Key: { FilterRules: [{ Name: 'Prefix', Value: 'in/' }] } },
          },
        ],
      },
    },
  };

  it('does not run the provider that CloudFormation would call', () => {
    const model = TemplateModel.from([stack({ Resources: { Provider: provider, Notifications: notifications } })]);

    expect(model.of('AWS::Lambda::Function')).toEqual([]);
    expect(model.of('Custom::S3BucketNotifications')).toHaveLength(1);
  });

  it('refuses a custom resource that it does not know', () => {
    const custom = { Type: 'Custom::Anything', Properties: { ServiceToken: 'arn:x' } };

    expect(() => TemplateModel.from([stack({ Resources: { Custom: custom } })])).toThrow(
      'the resource type Custom::Anything is not known',
    );
  });
});

describe('code assets', () => {
  it('finds the folder of a bundle by the key that the template names', () => {
    const model = TemplateModel.from([stack({}, { assets: new Map([['abc.zip', '/out/asset.abc']]) })]);

    expect(model.assetDirectory('abc.zip', 'Stack/fn')).toBe('/out/asset.abc');
    expect(() => model.assetDirectory('other.zip', 'Stack/fn')).toThrow(
      'Stack/fn: its code other.zip is not among the assets',
    );
  });
});
