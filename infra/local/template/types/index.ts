import type * as z from 'zod';
import * as compute from './compute.ts';
import * as data from './data.ts';
import * as edge from './edge.ts';
import * as watch from './watch.ts';

/**
 * Every resource type that the local host knows, with the properties that it honours or knowingly ignores.
 * A type or property that is not here stops the host at its start.
 */
export const RESOURCE_TYPES = {
  'AWS::ApiGatewayV2::Api': edge.ApiSchema,
  'AWS::ApiGatewayV2::Authorizer': edge.AuthorizerSchema,
  'AWS::ApiGatewayV2::Integration': edge.IntegrationSchema,
  'AWS::ApiGatewayV2::Route': edge.RouteSchema,
  'AWS::ApiGatewayV2::Stage': edge.StageSchema,
  'AWS::CDK::Metadata': watch.MetadataSchema,
  'AWS::CloudWatch::Alarm': watch.AlarmSchema,
  'AWS::CloudWatch::CompositeAlarm': watch.AlarmSchema,
  'AWS::CloudWatch::Dashboard': watch.DashboardSchema,
  'AWS::DynamoDB::GlobalTable': data.GlobalTableSchema,
  'AWS::DynamoDB::Table': data.TableSchema,
  'AWS::Events::EventBus': edge.EventBusSchema,
  'AWS::Events::Rule': edge.RuleSchema,
  'AWS::IAM::ManagedPolicy': compute.ManagedPolicySchema,
  'AWS::IAM::Policy': compute.PolicySchema,
  'AWS::IAM::Role': compute.RoleSchema,
  'AWS::KMS::Alias': watch.AliasSchema,
  'AWS::KMS::Key': watch.KeySchema,
  'AWS::Lambda::EventInvokeConfig': compute.EventInvokeConfigSchema,
  'AWS::Lambda::EventSourceMapping': compute.EventSourceMappingSchema,
  'AWS::Lambda::Function': compute.FunctionSchema,
  'AWS::Lambda::Permission': compute.PermissionSchema,
  'AWS::Logs::LogGroup': compute.LogGroupSchema,
  'AWS::S3::Bucket': data.BucketSchema,
  'AWS::S3::BucketPolicy': data.BucketPolicySchema,
  'AWS::SNS::Subscription': watch.SubscriptionSchema,
  'AWS::SNS::Topic': watch.TopicSchema,
  'AWS::SNS::TopicPolicy': watch.TopicPolicySchema,
  'AWS::SQS::Queue': data.QueueSchema,
  'AWS::SQS::QueuePolicy': data.QueuePolicySchema,
  'AWS::Scheduler::Schedule': edge.ScheduleSchema,
  'AWS::Scheduler::ScheduleGroup': edge.ScheduleGroupSchema,
  'AWS::StepFunctions::StateMachine': compute.StateMachineSchema,
  'AWS::SecretsManager::ResourcePolicy': data.SecretPolicySchema,
  'AWS::SecretsManager::RotationSchedule': data.RotationScheduleSchema,
  'AWS::SecretsManager::Secret': data.SecretSchema,
  'Custom::S3BucketNotifications': data.BucketNotificationsSchema,
} as const;

export type ResourceType = keyof typeof RESOURCE_TYPES;
export type PropertiesOf<T extends ResourceType> = z.infer<(typeof RESOURCE_TYPES)[T]>;
