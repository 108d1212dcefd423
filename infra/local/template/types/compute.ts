import * as z from 'zod';
import { bool, ENCRYPTION, ignored, num, only, PolicyDocumentSchema, TAGS, text } from './schema.ts';

const LOGS = ignored('logs go to files under the data folder');
const FOR_PEOPLE = ignored('a description is for people');

export const FunctionSchema = z.strictObject({
  FunctionName: z.optional(text),
  Code: z.strictObject({ S3Bucket: text, S3Key: text }),
  Handler: text,
  Role: text,
  Runtime: z
    .string()
    .regex(/^nodejs\d+\.x$/, 'can only be a Node.js runtime here: the host runs bundles of JavaScript'),
  Timeout: z.optional(num),
  MemorySize: z.optional(num),
  ReservedConcurrentExecutions: z.optional(num),
  Environment: z.optional(
    z.strictObject({
      Variables: z.record(z.string(), z.union([z.string(), z.number().transform(String), bool.transform(String)])),
    }),
  ),
  DeadLetterConfig: z.optional(z.strictObject({ TargetArn: text })),
  LoggingConfig: z.optional(
    z.strictObject({
      LogGroup: LOGS,
      LogFormat: z.optional(z.enum(['JSON', 'Text'])),
      ApplicationLogLevel: z.optional(text),
      SystemLogLevel: ignored('there are no system logs of Lambda here'),
    }),
  ),
  PackageType: z.optional(only(['Zip'], 'there are no container images here')),
  Architectures: ignored('a bundle of JavaScript does not depend on the processor'),
  Description: FOR_PEOPLE,
  EphemeralStorage: ignored('functions share the temporary folder of this machine'),
  KmsKeyArn: ENCRYPTION,
  RecursiveLoop: ignored('a loop would show in the logs at once'),
  RuntimeManagementConfig: ignored('functions run on the Node.js that runs the host'),
  Tags: TAGS,
  TracingConfig: ignored('there is no X-Ray here'),
});

export const PermissionSchema = z.strictObject({
  Action: text,
  FunctionName: text,
  Principal: text,
  SourceArn: z.optional(text),
  SourceAccount: ignored('there is one account'),
});

const Destinations = z.strictObject({
  OnFailure: z.optional(z.strictObject({ Destination: text })),
  OnSuccess: z.optional(z.strictObject({ Destination: text })),
});

export const EventInvokeConfigSchema = z.strictObject({
  FunctionName: text,
  Qualifier: only(['$LATEST'], 'functions have no other version here'),
  MaximumRetryAttempts: z.optional(num),
  MaximumEventAgeInSeconds: z.optional(num),
  DestinationConfig: z.optional(Destinations),
});

export const EventSourceMappingSchema = z.strictObject({
  EventSourceArn: text,
  FunctionName: text,
  Enabled: z.optional(bool),
  BatchSize: z.optional(num),
  MaximumBatchingWindowInSeconds: z.optional(num),
  FunctionResponseTypes: z.optional(z.array(only(['ReportBatchItemFailures'], 'Lambda has no other'))),
  FilterCriteria: z.optional(z.strictObject({ Filters: z.array(z.strictObject({ Pattern: text })) })),
  ScalingConfig: z.optional(z.strictObject({ MaximumConcurrency: z.optional(num) })),
  StartingPosition: z.optional(z.enum(['TRIM_HORIZON', 'LATEST'])),
  BisectBatchOnFunctionError: z.optional(bool),
  MaximumRetryAttempts: z.optional(z.union([z.literal(-1), num])),
  MaximumRecordAgeInSeconds: z.optional(z.union([z.literal(-1), num])),
  DestinationConfig: z.optional(z.strictObject({ OnFailure: z.optional(z.strictObject({ Destination: text })) })),
  ParallelizationFactor: ignored(
    'one batch of a shard at a time keeps the same order, and this machine is not slower for it',
  ),
  MetricsConfig: ignored('there is no CloudWatch here'),
  KmsKeyArn: ENCRYPTION,
  Tags: TAGS,
});

export const RoleSchema = z.strictObject({
  RoleName: z.optional(text),
  AssumeRolePolicyDocument: PolicyDocumentSchema,
  ManagedPolicyArns: z.optional(z.array(text)),
  Policies: z.optional(z.array(z.strictObject({ PolicyName: text, PolicyDocument: PolicyDocumentSchema }))),
  Description: FOR_PEOPLE,
  MaxSessionDuration: ignored('sessions here last as long as the host'),
  Path: ignored('paths of roles are for people'),
  Tags: TAGS,
});

export const PolicySchema = z.strictObject({
  PolicyName: text,
  PolicyDocument: PolicyDocumentSchema,
  Roles: z.optional(z.array(text)),
});

export const ManagedPolicySchema = z.strictObject({
  ManagedPolicyName: z.optional(text),
  PolicyDocument: PolicyDocumentSchema,
  Roles: z.optional(z.array(text)),
  Description: FOR_PEOPLE,
  Path: ignored('paths of policies are for people'),
});

export const StateMachineSchema = z.strictObject({
  StateMachineName: z.optional(text),
  StateMachineType: z.optional(only(['STANDARD'], 'the host runs standard workflows')),
  DefinitionString: text,
  RoleArn: text,
  LoggingConfiguration: LOGS,
  TracingConfiguration: ignored('there is no X-Ray here'),
  EncryptionConfiguration: ENCRYPTION,
  Tags: TAGS,
});

export const LogGroupSchema = z.strictObject({
  LogGroupName: LOGS,
  RetentionInDays: ignored('log files are kept until the data folder is removed'),
  LogGroupClass: LOGS,
  KmsKeyId: ENCRYPTION,
  DataProtectionPolicy: LOGS,
  Tags: TAGS,
});
