import * as z from 'zod';
import { bool, ENCRYPTION, ignored, num, only, PolicyDocumentSchema, TAGS, text } from './schema.ts';

const KeySchema = z.array(z.strictObject({ AttributeName: text, KeyType: z.enum(['HASH', 'RANGE']) }));
const AttributeDefinitions = z.array(z.strictObject({ AttributeName: text, AttributeType: z.enum(['S', 'N', 'B']) }));
const Projection = z.strictObject({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
  NonKeyAttributes: z.optional(z.array(text)),
});
const CAPACITY = ignored('the engines do not meter capacity');
const RECOVERY = ignored('a local table is recovered by copying the data folder');
const INSIGHTS = ignored('there is no CloudWatch here');

const indexMembers = { IndexName: text, KeySchema, Projection };
const GlobalSecondaryIndexes = z.array(
  z.strictObject({
    ...indexMembers,
    ProvisionedThroughput: CAPACITY,
    OnDemandThroughput: CAPACITY,
    WarmThroughput: CAPACITY,
    WriteProvisionedThroughputSettings: CAPACITY,
    WriteOnDemandThroughputSettings: CAPACITY,
    ContributorInsightsSpecification: INSIGHTS,
  }),
);
const LocalSecondaryIndexes = z.array(z.strictObject(indexMembers));
const TimeToLiveSpecification = z.strictObject({ AttributeName: z.optional(text), Enabled: bool });
const StreamViewType = z.enum(['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY']);

const tableMembers = {
  TableName: z.optional(text),
  KeySchema,
  AttributeDefinitions: z.optional(AttributeDefinitions),
  GlobalSecondaryIndexes: z.optional(GlobalSecondaryIndexes),
  LocalSecondaryIndexes: z.optional(LocalSecondaryIndexes),
  TimeToLiveSpecification: z.optional(TimeToLiveSpecification),
  BillingMode: z.optional(only(['PAY_PER_REQUEST', 'PROVISIONED'], 'DynamoDB has no other')),
  SSESpecification: ENCRYPTION,
  WarmThroughput: CAPACITY,
};

export const TableSchema = z.strictObject({
  ...tableMembers,
  StreamSpecification: z.optional(z.strictObject({ StreamViewType, ResourcePolicy: z.optional(z.never()) })),
  DeletionProtectionEnabled: z.optional(bool),
  ProvisionedThroughput: CAPACITY,
  OnDemandThroughput: CAPACITY,
  PointInTimeRecoverySpecification: RECOVERY,
  ContributorInsightsSpecification: INSIGHTS,
  TableClass: ignored('the class is about cost'),
  Tags: TAGS,
});

export const GlobalTableSchema = z.strictObject({
  ...tableMembers,
  StreamSpecification: z.optional(z.strictObject({ StreamViewType })),
  WriteProvisionedThroughputSettings: CAPACITY,
  WriteOnDemandThroughputSettings: CAPACITY,
  Replicas: z
    .array(
      z.strictObject({
        Region: text,
        DeletionProtectionEnabled: z.optional(bool),
        PointInTimeRecoverySpecification: RECOVERY,
        ContributorInsightsSpecification: INSIGHTS,
        TableClass: ignored('the class is about cost'),
        SSESpecification: ENCRYPTION,
        GlobalSecondaryIndexes: ignored('a replica only says capacity and insights of its indexes'),
        Tags: TAGS,
      }),
    )
    .max(1, 'can name one region only: there is one machine'),
});

const RedrivePolicy = z.strictObject({ deadLetterTargetArn: text, maxReceiveCount: num });

export const QueueSchema = z.strictObject({
  QueueName: z.optional(text),
  VisibilityTimeout: z.optional(num),
  MessageRetentionPeriod: z.optional(num),
  DelaySeconds: z.optional(num),
  MaximumMessageSize: z.optional(num),
  ReceiveMessageWaitTimeSeconds: z.optional(num),
  RedrivePolicy: z.optional(RedrivePolicy),
  RedriveAllowPolicy: ignored('every queue of the data folder belongs to the same app'),
  FifoQueue: z.optional(bool),
  ContentBasedDeduplication: z.optional(bool),
  DeduplicationScope: z.optional(z.never()),
  SqsManagedSseEnabled: ENCRYPTION,
  KmsMasterKeyId: ENCRYPTION,
  KmsDataKeyReusePeriodSeconds: ENCRYPTION,
  Tags: TAGS,
});

export const QueuePolicySchema = z.strictObject({
  Queues: z.array(text),
  PolicyDocument: PolicyDocumentSchema,
});

export const SecretSchema = z.strictObject({
  Name: z.optional(text),
  Description: ignored('a description is for people'),
  SecretString: z.optional(text),
  GenerateSecretString: z.optional(
    z.strictObject({
      SecretStringTemplate: z.optional(text),
      GenerateStringKey: z.optional(text),
      PasswordLength: z.optional(num),
      ExcludeCharacters: z.optional(text),
      ExcludePunctuation: z.optional(bool),
      ExcludeLowercase: z.optional(bool),
      ExcludeUppercase: z.optional(bool),
      ExcludeNumbers: z.optional(bool),
      IncludeSpace: z.optional(bool),
      RequireEachIncludedType: z.optional(bool),
    }),
  ),
  KmsKeyId: ENCRYPTION,
  ReplicaRegions: z.optional(z.never()),
  Tags: TAGS,
});

export const RotationScheduleSchema = z.strictObject({
  SecretId: text,
  RotationLambdaARN: text,
  RotationRules: z.optional(
    z.strictObject({
      ScheduleExpression: z.optional(text),
      AutomaticallyAfterDays: z.optional(num),
      Duration: z.optional(text),
    }),
  ),
  RotateImmediatelyOnUpdate: z.optional(bool),
});

export const SecretPolicySchema = z.strictObject({
  SecretId: text,
  ResourcePolicy: PolicyDocumentSchema,
  BlockPublicPolicy: ignored('nothing outside this machine reaches the secret'),
});

/** A store that only tells of new objects is all that the host watches. */
const CreatedEvent = z
  .string()
  .regex(
    /^s3:ObjectCreated:(\*|Put|Post|Copy|CompleteMultipartUpload)$/,
    'must be s3:ObjectCreated:… here: the host watches for new objects only',
  );
const FilterRules = z.array(
  z.strictObject({
    Name: z
      .string()
      .transform((name) => name.toLowerCase())
      .pipe(z.enum(['prefix', 'suffix'])),
    Value: text,
  }),
);
const ownFilter = z.optional(z.strictObject({ S3Key: z.strictObject({ Rules: FilterRules }) }));

export const BucketSchema = z.strictObject({
  BucketName: z.optional(text),
  BucketEncryption: ENCRYPTION,
  PublicAccessBlockConfiguration: ignored('the bucket is reachable on this machine only'),
  OwnershipControls: ignored('there is one account'),
  VersioningConfiguration: ignored('fauxqs keeps the last version only, and no function reads another one'),
  LifecycleConfiguration: ignored('objects stay until the data folder is removed'),
  LoggingConfiguration: ignored('the gate counts what is asked'),
  NotificationConfiguration: z.optional(
    z.strictObject({
      QueueConfigurations: z.optional(z.array(z.strictObject({ Event: CreatedEvent, Queue: text, Filter: ownFilter }))),
      LambdaConfigurations: z.optional(
        z.array(z.strictObject({ Event: CreatedEvent, Function: text, Filter: ownFilter })),
      ),
    }),
  ),
  Tags: TAGS,
});

export const BucketPolicySchema = z.strictObject({ Bucket: text, PolicyDocument: PolicyDocumentSchema });

const customFilter = z.optional(z.strictObject({ Key: z.strictObject({ FilterRules }) }));
const customMembers = { Id: z.optional(text), Events: z.array(CreatedEvent), Filter: customFilter };

export const BucketNotificationsSchema = z.strictObject({
  ServiceToken: text,
  BucketName: text,
  NotificationConfiguration: z.strictObject({
    LambdaFunctionConfigurations: z.optional(z.array(z.strictObject({ ...customMembers, LambdaFunctionArn: text }))),
    QueueConfigurations: z.optional(z.array(z.strictObject({ ...customMembers, QueueArn: text }))),
  }),
  Managed: ignored('the host sets all notifications of the bucket, as a managed resource does'),
  SkipDestinationValidation: ignored('the destination is a function of the same template'),
});
