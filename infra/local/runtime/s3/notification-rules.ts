import type { FunctionInvoker } from '../../contracts.ts';
import { TemplateError } from '../../template/errors.ts';
import type { TemplateModel } from '../../template/model.ts';
import { queueAdmits } from '../resource-policy.ts';

/** One wish to hear of new objects. */
export interface NotificationRule {
  readonly bucket: string;
  /** `s3:ObjectCreated:Put`, or with `*` at its end. */
  readonly event: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly target: { readonly queueArn: string } | { readonly functionArn: string };
}

type FilterRules = readonly { readonly Name: 'prefix' | 'suffix'; readonly Value: string }[];

const keyPattern = (rules: FilterRules = []): { readonly prefix: string; readonly suffix: string } => ({
  prefix: rules.find(({ Name }) => Name === 'prefix')?.Value ?? '',
  suffix: rules.find(({ Name }) => Name === 'suffix')?.Value ?? '',
});

/** What the buckets themselves say, and what CDK's custom resource would set on them. */
export const notificationRulesOf = (model: TemplateModel): readonly NotificationRule[] => [
  ...model.of('AWS::S3::Bucket').flatMap(({ ref: bucket, properties }): NotificationRule[] => {
    const { QueueConfigurations = [], LambdaConfigurations = [] } = properties.NotificationConfiguration ?? {};
    return [
      ...QueueConfigurations.map(({ Event, Queue, Filter }) => ({
        bucket,
        event: Event,
        target: { queueArn: Queue },
        ...keyPattern(Filter?.S3Key.Rules),
      })),
      ...LambdaConfigurations.map(({ Event, Function, Filter }) => ({
        bucket,
        event: Event,
        target: { functionArn: Function },
        ...keyPattern(Filter?.S3Key.Rules),
      })),
    ];
  }),
  ...model.of('Custom::S3BucketNotifications').flatMap(({ properties }): NotificationRule[] => {
    const { BucketName: bucket, NotificationConfiguration } = properties;
    const { LambdaFunctionConfigurations = [], QueueConfigurations = [] } = NotificationConfiguration;
    const spread = (events: readonly string[], rules: FilterRules | undefined, target: NotificationRule['target']) =>
      events.map((event) => ({ bucket, event, target, ...keyPattern(rules) }));
    return [
      ...LambdaFunctionConfigurations.flatMap(({ Events, Filter, LambdaFunctionArn }) =>
        spread(Events, Filter?.Key.FilterRules, { functionArn: LambdaFunctionArn }),
      ),
      ...QueueConfigurations.flatMap(({ Events, Filter, QueueArn }) =>
        spread(Events, Filter?.Key.FilterRules, { queueArn: QueueArn }),
      ),
    ];
  }),
];

/** S3 checks when notifications are set that it may send them. @throws {TemplateError} where it may not. */
export const checkNotificationRules = (
  rules: readonly NotificationRule[],
  model: TemplateModel,
  functions: FunctionInvoker,
): void => {
  for (const { bucket, target } of rules) {
    const bucketArn = `arn:aws:s3:::${bucket}`;
    const [what, isPermitted] =
      'queueArn' in target
        ? [target.queueArn, queueAdmits(model, target.queueArn, 's3.amazonaws.com', bucketArn)]
        : [target.functionArn, functions.isPermitted(target.functionArn, 's3.amazonaws.com', bucketArn)];
    if (!isPermitted)
      throw new TemplateError(`The bucket ${bucket} may not notify ${what}: its policy does not let S3 do that.`);
  }
};

export const wants = (rule: NotificationRule, bucket: string, key: string, event: string): boolean =>
  rule.bucket === bucket &&
  (rule.event === event || (rule.event.endsWith('*') && event.startsWith(rule.event.slice(0, -1)))) &&
  key.startsWith(rule.prefix) &&
  key.endsWith(rule.suffix);
