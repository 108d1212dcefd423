import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Settings } from '../../src/settings/schema.ts';

export interface ServiceAlarmsProps {
  readonly deadLetters: sqs.IQueue;
  readonly settings: Pick<Settings, 'alarms'>;
}

/** The alarms that somebody must act on; each says what is wrong and names its page in the runbook. */
export class ServiceAlarms extends Construct {
  constructor(scope: Construct, id: string, { deadLetters, settings }: ServiceAlarmsProps) {
    super(scope, id);
    const topic = new sns.Topic(this, 'Topic', { displayName: 'Ringback alarms', enforceSSL: true });
    topic.grantPublish(new iam.ServicePrincipal('cloudwatch.amazonaws.com'));
    if (settings.alarms.email) topic.addSubscription(new EmailSubscription(settings.alarms.email));
    const notify = new SnsAction(topic);

    const alarm = (alarmId: string, metric: cloudwatch.IMetric, what: string): void => {
      const added = new cloudwatch.Alarm(this, alarmId, {
        alarmDescription: `${what} See docs/runbook.md, section ${alarmId}.`,
        metric,
        threshold: 0,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      });
      added.addAlarmAction(notify);
    };
    const ours = (metricName: string, service: string): cloudwatch.Metric =>
      new cloudwatch.Metric({
        namespace: 'Ringback',
        metricName,
        dimensionsMap: { service },
        statistic: 'Sum',
        period: Duration.minutes(5),
      });

    alarm(
      'DeadLetters',
      deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
      'A message to dispatch a call was given up.',
    );
    alarm(
      'ListUnreadableAtRequest',
      ours('SuppressionListUnreadable', 'request-call'),
      'The do-not-call list cannot be read; requests are taken and wait.',
    );
    alarm(
      'ListUnreadableAtDispatch',
      ours('SuppressionListUnreadable', 'dispatch-call'),
      'The do-not-call list cannot be read; nothing is dialed.',
    );
    alarm(
      'ReconcileFailures',
      ours('ReconcileFailures', 'reconcile-calls'),
      'Calls could not be reconciled with Webex.',
    );
  }
}
