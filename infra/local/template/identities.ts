import { apiHost, arn, LOCAL_ACCOUNT, QUEUE_ORIGIN, stableId } from './names.ts';

/** What an identity may ask of the resource it belongs to. */
export interface IdentityContext {
  readonly stackName: string;
  readonly logicalId: string;
  /** A name made from the construct's path, as CloudFormation would make one. */
  readonly generatedName: string;
  /** One resolved property, or `undefined`. */
  property(name: string): unknown;
}

/** What `Ref` and `Fn::GetAtt` answer for a resource type. */
export interface Identity {
  readonly ref: (context: IdentityContext) => string;
  readonly attributes: Readonly<Record<string, (context: IdentityContext) => string>>;
}

const named =
  (property: string) =>
  (context: IdentityContext): string => {
    const name = context.property(property);
    return typeof name === 'string' ? name : context.generatedName;
  };

const madeUpId =
  (length: number) =>
  (context: IdentityContext): string =>
    stableId(`${context.stackName}/${context.logicalId}`, length);

/** A resource whose `Ref` is its name and whose `Arn` holds that name. */
const byName = (property: string, toArn: (name: string) => string, more: Identity['attributes'] = {}): Identity => {
  const name = named(property);
  return { ref: name, attributes: { Arn: (context) => toArn(name(context)), ...more } };
};

const byId = (attribute: string, length: number): Identity => ({
  ref: madeUpId(length),
  attributes: { [attribute]: madeUpId(length) },
});

const tableName = named('TableName');
const table = byName('TableName', (name) => arn('dynamodb', `table/${name}`), {
  StreamArn: (context) => arn('dynamodb', `table/${tableName(context)}/stream/local`),
  TableId: madeUpId(32),
});

const queueName = named('QueueName');
const queueUrl = (context: IdentityContext): string => `${QUEUE_ORIGIN}/${LOCAL_ACCOUNT}/${queueName(context)}`;

const secretArn = (context: IdentityContext): string =>
  arn('secretsmanager', `secret:${named('Name')(context)}-${stableId(`${context.stackName}/${context.logicalId}`, 6)}`);

const bucketName = (context: IdentityContext): string => named('BucketName')(context).toLowerCase();
const stateMachineArn = (context: IdentityContext): string =>
  arn('states', `stateMachine:${named('StateMachineName')(context)}`);
const topicArn = (context: IdentityContext): string => arn('sns', named('TopicName')(context));
const apiId = madeUpId(10);
const functionName = named('FunctionName');
const iamArn = (path: string): string => `arn:aws:iam::${LOCAL_ACCOUNT}:${path}`;
const scheduleGroup = (context: IdentityContext): string => {
  const group = context.property('GroupName');
  return typeof group === 'string' ? group : 'default';
};

/** `Ref` and `Fn::GetAtt` for every resource type that the local host knows. */
export const IDENTITIES: Readonly<Record<string, Identity>> = {
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::SQS::Queue': {
    ref: queueUrl,
    attributes: {
      Arn: (context) => arn('sqs', queueName(context)),
      QueueName: queueName,
      QueueUrl: queueUrl,
    },
  },
  'AWS::SQS::QueuePolicy': { ref: madeUpId(12), attributes: {} },
  'AWS::SecretsManager::Secret': { ref: secretArn, attributes: { Id: secretArn } },
  'AWS::SecretsManager::RotationSchedule': { ref: madeUpId(12), attributes: {} },
  'AWS::SecretsManager::ResourcePolicy': { ref: madeUpId(12), attributes: {} },
  'AWS::Lambda::Function': byName('FunctionName', (name) => arn('lambda', `function:${name}`)),
  'AWS::Lambda::Permission': { ref: madeUpId(12), attributes: {} },
  'AWS::Lambda::EventInvokeConfig': { ref: madeUpId(12), attributes: {} },
  'AWS::Lambda::EventSourceMapping': {
    ref: madeUpId(32),
    attributes: {
      Id: madeUpId(32),
      EventSourceMappingArn: (context) => arn('lambda', `event-source-mapping:${madeUpId(32)(context)}`),
    },
  },
  'AWS::StepFunctions::StateMachine': {
    ref: stateMachineArn,
    attributes: { Arn: stateMachineArn, Name: named('StateMachineName') },
  },
  'AWS::IAM::Role': byName('RoleName', (name) => iamArn(`role/${name}`), { RoleId: madeUpId(20) }),
  'AWS::IAM::Policy': { ref: named('PolicyName'), attributes: { Id: madeUpId(20) } },
  'AWS::IAM::ManagedPolicy': {
    ref: (context) => iamArn(`policy/${named('ManagedPolicyName')(context)}`),
    attributes: { PolicyArn: (context) => iamArn(`policy/${named('ManagedPolicyName')(context)}`) },
  },
  'AWS::Logs::LogGroup': byName('LogGroupName', (name) => arn('logs', `log-group:${name}:*`)),
  'AWS::ApiGatewayV2::Api': {
    ref: apiId,
    attributes: { ApiId: apiId, ApiEndpoint: (context) => `https://${apiHost(apiId(context))}` },
  },
  'AWS::ApiGatewayV2::Stage': { ref: named('StageName'), attributes: {} },
  'AWS::ApiGatewayV2::Route': byId('RouteId', 7),
  'AWS::ApiGatewayV2::Integration': byId('IntegrationId', 7),
  'AWS::ApiGatewayV2::Authorizer': byId('AuthorizerId', 6),
  'AWS::Scheduler::Schedule': {
    ref: named('Name'),
    attributes: { Arn: (context) => arn('scheduler', `schedule/${scheduleGroup(context)}/${named('Name')(context)}`) },
  },
  'AWS::Scheduler::ScheduleGroup': byName('Name', (name) => arn('scheduler', `schedule-group/${name}`)),
  'AWS::Events::EventBus': byName('Name', (name) => arn('events', `event-bus/${name}`), { Name: named('Name') }),
  'AWS::Events::Rule': byName('Name', (name) => arn('events', `rule/${name}`)),
  'AWS::S3::Bucket': {
    ref: bucketName,
    attributes: {
      Arn: (context) => `arn:aws:s3:::${bucketName(context)}`,
      DomainName: (context) => `${bucketName(context)}.s3.amazonaws.com`,
      RegionalDomainName: (context) => `${bucketName(context)}.s3.us-east-1.amazonaws.com`,
    },
  },
  'AWS::S3::BucketPolicy': { ref: madeUpId(12), attributes: {} },
  'AWS::CloudWatch::Alarm': byName('AlarmName', (name) => arn('cloudwatch', `alarm:${name}`)),
  'AWS::CloudWatch::CompositeAlarm': byName('AlarmName', (name) => arn('cloudwatch', `alarm:${name}`)),
  'AWS::CloudWatch::Dashboard': { ref: named('DashboardName'), attributes: {} },
  'AWS::SNS::Topic': { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: named('TopicName') } },
  'AWS::SNS::Subscription': { ref: madeUpId(32), attributes: {} },
  'AWS::SNS::TopicPolicy': { ref: madeUpId(12), attributes: {} },
  'AWS::KMS::Key': {
    ref: madeUpId(32),
    attributes: { KeyId: madeUpId(32), Arn: (context) => arn('kms', `key/${madeUpId(32)(context)}`) },
  },
  'AWS::KMS::Alias': { ref: named('AliasName'), attributes: {} },
  'AWS::CDK::Metadata': { ref: madeUpId(12), attributes: {} },
  'Custom::S3BucketNotifications': { ref: madeUpId(12), attributes: {} },
};

/** The name that a function carries on AWS and here. */
export const functionNameOf = functionName;
