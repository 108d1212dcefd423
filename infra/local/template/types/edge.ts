import * as z from 'zod';
import { bool, ignored, num, only, TAGS, text } from './schema.ts';

const FOR_PEOPLE = ignored('a description is for people');

export const ApiSchema = z.strictObject({
  Name: text,
  ProtocolType: only(['HTTP'], 'the host serves HTTP APIs'),
  CorsConfiguration: z.optional(
    z.strictObject({
      AllowOrigins: z.optional(z.array(text)),
      AllowMethods: z.optional(z.array(text)),
      AllowHeaders: z.optional(z.array(text)),
      ExposeHeaders: z.optional(z.array(text)),
      AllowCredentials: z.optional(bool),
      MaxAge: z.optional(num),
    }),
  ),
  Description: FOR_PEOPLE,
  DisableExecuteApiEndpoint: z.optional(only([false], 'the local address is the only one')),
  IpAddressType: ignored('the host listens on the loopback address'),
  Tags: TAGS,
});

const RouteSettings = z.strictObject({
  ThrottlingBurstLimit: z.optional(num),
  ThrottlingRateLimit: z.optional(z.number()),
  DetailedMetricsEnabled: ignored('there is no CloudWatch here'),
});

export const StageSchema = z.strictObject({
  ApiId: text,
  StageName: only(['$default'], 'the host serves the stage without a path prefix'),
  AutoDeploy: ignored('the host always runs the template as it is'),
  DefaultRouteSettings: z.optional(RouteSettings),
  RouteSettings: z.optional(z.record(z.string(), RouteSettings)),
  AccessLogSettings: ignored('every request is in the log of the function that served it'),
  Description: FOR_PEOPLE,
  StageVariables: z.optional(z.never()),
  Tags: TAGS,
});

export const RouteSchema = z.strictObject({
  ApiId: text,
  RouteKey: text,
  Target: text,
  AuthorizationType: z.optional(only(['NONE', 'JWT'], 'the host knows no other authorizer')),
  AuthorizerId: z.optional(text),
  AuthorizationScopes: z.optional(z.array(text)),
  OperationName: FOR_PEOPLE,
});

export const IntegrationSchema = z.strictObject({
  ApiId: text,
  IntegrationType: only(['AWS_PROXY'], 'the host calls functions only'),
  IntegrationUri: text,
  IntegrationMethod: ignored('functions are always invoked by POST'),
  PayloadFormatVersion: only(['2.0'], 'the host speaks payload format 2.0'),
  TimeoutInMillis: z.optional(num),
  Description: FOR_PEOPLE,
});

export const AuthorizerSchema = z.strictObject({
  ApiId: text,
  Name: text,
  AuthorizerType: only(['JWT'], 'the host knows no other authorizer'),
  IdentitySource: z.array(
    z.string().regex(/^\$request\.(header|querystring)\.[\w-]+$/, 'must name a header or a query parameter'),
  ),
  JwtConfiguration: z.strictObject({ Audience: z.array(text), Issuer: text }),
});

const RetryPolicy = z.strictObject({
  MaximumEventAgeInSeconds: z.optional(num),
  MaximumRetryAttempts: z.optional(num),
});
const DeadLetterConfig = z.strictObject({ Arn: z.optional(text) });

export const ScheduleSchema = z.strictObject({
  Name: z.optional(text),
  GroupName: z.optional(text),
  ScheduleExpression: text,
  ScheduleExpressionTimezone: z.optional(text),
  FlexibleTimeWindow: z.strictObject({ Mode: z.enum(['OFF', 'FLEXIBLE']), MaximumWindowInMinutes: z.optional(num) }),
  State: z.optional(z.enum(['ENABLED', 'DISABLED'])),
  StartDate: z.optional(text),
  EndDate: z.optional(text),
  Target: z.strictObject({
    Arn: text,
    RoleArn: text,
    Input: z.optional(text),
    RetryPolicy: z.optional(RetryPolicy),
    DeadLetterConfig: z.optional(DeadLetterConfig),
    SqsParameters: z.optional(z.strictObject({ MessageGroupId: text })),
  }),
  Description: FOR_PEOPLE,
  KmsKeyArn: ignored('the data folder is protected by the file system alone'),
});

export const ScheduleGroupSchema = z.strictObject({ Name: z.optional(text), Tags: TAGS });

export const EventBusSchema = z.strictObject({
  Name: text,
  Description: FOR_PEOPLE,
  KmsKeyIdentifier: ignored('the data folder is protected by the file system alone'),
  DeadLetterConfig: z.optional(z.never()),
  Tags: TAGS,
});

export const RuleSchema = z.strictObject({
  Name: z.optional(text),
  EventBusName: z.optional(text),
  EventPattern: z.record(z.string(), z.unknown()),
  State: z.optional(z.enum(['ENABLED', 'DISABLED'])),
  Description: FOR_PEOPLE,
  Targets: z.optional(
    z.array(
      z.strictObject({
        Arn: text,
        Id: text,
        Input: z.optional(text),
        RoleArn: z.optional(text),
        SqsParameters: z.optional(z.strictObject({ MessageGroupId: text })),
        DeadLetterConfig: ignored('what the local bus gives up after a day it tells in the log of the host'),
        RetryPolicy: ignored('the local bus tries for a day, as EventBridge does by default'),
      }),
    ),
  ),
  Tags: TAGS,
});
