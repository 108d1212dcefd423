import * as z from 'zod';
import { ignored, PolicyDocumentSchema } from './schema.ts';

/** Resources that only watch or notify; the local host checks that they resolve and has nothing to run for them. */
const watching = (names: readonly string[], reason: string) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, ignored(reason)])));

const ALARM = 'alarms watch CloudWatch metrics, and there is no CloudWatch here';

export const AlarmSchema = watching(
  [
    'ActionsEnabled',
    'AlarmActions',
    'AlarmDescription',
    'AlarmName',
    'AlarmRule',
    'ComparisonOperator',
    'DatapointsToAlarm',
    'Dimensions',
    'EvaluateLowSampleCountPercentile',
    'EvaluationPeriods',
    'ExtendedStatistic',
    'InsufficientDataActions',
    'MetricName',
    'Metrics',
    'Namespace',
    'OKActions',
    'Period',
    'Statistic',
    'Tags',
    'Threshold',
    'ThresholdMetricId',
    'TreatMissingData',
    'Unit',
    'ActionsSuppressor',
    'ActionsSuppressorExtensionPeriod',
    'ActionsSuppressorWaitPeriod',
  ],
  ALARM,
);

export const DashboardSchema = watching(['DashboardBody', 'DashboardName', 'Tags'], ALARM);

const TOPIC = 'only alarms publish to topics, and there are none here';
export const TopicSchema = watching(['DisplayName', 'KmsMasterKeyId', 'TopicName', 'Tags'], TOPIC);
export const SubscriptionSchema = watching(['Endpoint', 'Protocol', 'TopicArn'], TOPIC);
export const TopicPolicySchema = z.strictObject({ PolicyDocument: PolicyDocumentSchema, Topics: ignored(TOPIC) });

const KEYS = 'the data folder is protected by the file system alone';
export const KeySchema = watching(
  [
    'Description',
    'Enabled',
    'EnableKeyRotation',
    'KeyPolicy',
    'KeySpec',
    'KeyUsage',
    'MultiRegion',
    'PendingWindowInDays',
    'RotationPeriodInDays',
    'Tags',
  ],
  KEYS,
);
export const AliasSchema = watching(['AliasName', 'TargetKeyId'], KEYS);
export const MetadataSchema = watching(['Analytics'], 'it tells AWS which version of CDK made the template');
