import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Settings } from '../../src/settings/schema.ts';
import { refreshTokenDaysMin, tokenMetricsService } from '../../src/tokens/metrics.ts';

export interface ServiceAlarmsProps {
  readonly deadLetters: sqs.IQueue;
  readonly settings: Pick<Settings, 'alarms'>;
  /** The state machine that plans large contact files. */
  readonly splitPlansArn: string;
  /** Where an administrator signs in to Webex. */
  readonly signInUrl: string;
}

/** In five minutes: a few strangers at the door are no reason to wake anybody. */
const triggersRefusedMax = 10;

/** The functions that send requests to Webex. */
const webexFunctions = [
  'dispatch-call',
  'reconcile-calls',
  'propagate-suppression',
  'push-contacts',
  'change-upload',
  'read-upload',
] as const;

/** The alarms that somebody must act on; each says what is wrong and names its page in the runbook. */
export class ServiceAlarms extends Construct {
  constructor(scope: Construct, id: string, { deadLetters, settings, splitPlansArn, signInUrl }: ServiceAlarmsProps) {
    super(scope, id);
    const topic = new sns.Topic(this, 'Topic', { displayName: 'Ringback alarms', enforceSSL: true });
    topic.grantPublish(new iam.ServicePrincipal('cloudwatch.amazonaws.com'));
    if (settings.alarms.email) topic.addSubscription(new EmailSubscription(settings.alarms.email));
    const notify = new SnsAction(topic);

    const alarm = (
      alarmId: string,
      metric: cloudwatch.IMetric,
      what: string,
      other: Partial<cloudwatch.AlarmProps> = {},
    ): void => {
      const added = new cloudwatch.Alarm(this, alarmId, {
        alarmDescription: `${what} See docs/runbook.md, section ${alarmId}.`,
        metric,
        threshold: 0,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
        ...other,
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

    const oursOfAll = (metricName: string, services: readonly string[]): cloudwatch.MathExpression =>
      new cloudwatch.MathExpression({
        expression: 'SUM(METRICS())',
        label: metricName,
        period: Duration.minutes(5),
        usingMetrics: Object.fromEntries(services.map((service, index) => [`m${index}`, ours(metricName, service)])),
      });

    alarm(
      'DeadLetters',
      deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
      'A message was given up: to dispatch a call, to tell Webex of a suppression, to import a list, to run a schedule, to gather contacts, to plan or send an upload, or an event in or out.',
    );
    alarm(
      'ListUnreadableAtRequest',
      oursOfAll('SuppressionListUnreadable', ['request-call', 'request-outdial', 'take-trigger', 'take-request']),
      'The do-not-call list cannot be read; requests are taken and wait.',
    );
    alarm(
      'ListUnreadableAtDispatch',
      ours('SuppressionListUnreadable', 'dispatch-call'),
      'The do-not-call list cannot be read; nothing is dialed.',
    );
    alarm(
      'ScreenNearlyFull',
      ours('ScreenNearlyFull', 'request-call'),
      'A cap of requests a day is at 80 %; at 100 % the form takes no more until tomorrow.',
    );
    alarm(
      'ScreenUnavailable',
      ours('ScreenUnavailable', 'request-call'),
      'Requests could not be checked against abuse and were not taken.',
    );
    alarm(
      'RegistryImportRefused',
      ours('RegistryImportRefused', 'import-registry'),
      'An uploaded list of the national registry was refused; the copy in use grows old.',
    );
    alarm(
      'TriggersRefused',
      ours('TriggerSignatureRefused', 'take-trigger'),
      'Deliveries of triggers were refused for their signature: a secret that only one side has changed, or somebody who tries.',
      { threshold: triggersRefusedMax },
    );
    alarm(
      'RequestEventRefused',
      ours('RequestEventRefused', 'take-request'),
      'An event on the bus asked for a call that cannot be; it becomes a dead letter.',
    );
    alarm(
      'EventDestinationGone',
      ours('EventDestinationGone', 'deliver-event'),
      'A destination of events answered 410: it wants no more of them, and gets none for a day.',
    );
    alarm(
      'UploadPaused',
      ours('UploadPaused', 'push-contacts'),
      'Webex refused what an upload sent, so it is paused; nothing of it is sent before somebody resumes it.',
    );
    alarm(
      'UploadRefused',
      oursOfAll('UploadRefused', ['plan-upload', 'plan-part']),
      'A contact file was refused as a whole; nothing of it is sent.',
    );
    alarm(
      'SplitPlanFailed',
      new cloudwatch.Metric({
        namespace: 'AWS/States',
        metricName: 'ExecutionsFailed',
        dimensionsMap: { StateMachineArn: splitPlansArn },
        statistic: 'Sum',
        period: Duration.minutes(5),
      }),
      'A large contact file could not be planned, by no fault of the file; nothing of it is sent.',
    );
    alarm(
      'ScheduleRunMissed',
      ours('ScheduleRunsMissed', 'schedules'),
      'A planned run of a campaign’s schedule did not take place; its files wait for the next one.',
    );
    alarm(
      'ScheduleRunFailed',
      ours('ScheduleRunsFailed', 'schedules'),
      'A run of a campaign’s schedule failed, or a file could not be given to an upload.',
    );
    alarm(
      'ReconcileFailures',
      ours('ReconcileFailures', 'reconcile-calls'),
      'Calls could not be reconciled with Webex.',
    );

    // Told at each rotation, hours apart; until the next one the last word holds.
    const untilNext = { treatMissingData: cloudwatch.TreatMissingData.IGNORE };
    const token = (metricName: string, statistic: string): cloudwatch.Metric =>
      ours(metricName, tokenMetricsService).with({ statistic, period: Duration.minutes(1) });
    alarm(
      'RefreshTokenDead',
      token('RefreshTokenDead', 'Sum'),
      `Webex takes no token of ours any more, or nobody has signed in yet. Every call waits, and none is lost or failed. Sign in to Webex: ${signInUrl}`,
      untilNext,
    );
    alarm(
      'TokenRotationFailed',
      token('TokenRotationFailed', 'Sum'),
      'The Webex token could not be renewed; calls go on until it expires, then they wait.',
      untilNext,
    );
    alarm(
      'RefreshTokenDaysLeft',
      token('RefreshTokenDaysLeft', 'Minimum'),
      `The refresh token of Webex ends within ${refreshTokenDaysMin} days; then every call waits. Sign in to Webex before: ${signInUrl}`,
      {
        ...untilNext,
        threshold: refreshTokenDaysMin,
        comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      },
    );
    alarm(
      'FreshTokenRefused',
      oursOfAll('FreshTokenRefused', webexFunctions),
      'Webex answered 401 to a token that it had just given; calls wait.',
    );
  }
}
