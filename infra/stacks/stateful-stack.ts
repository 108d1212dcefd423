import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Settings } from '../../src/settings/schema.ts';
import { CampaignStorage } from '../constructs/campaign-storage.ts';
import { Integrations } from '../constructs/integrations.ts';
import { RegistryStorage } from '../constructs/registry-storage.ts';
import { scheduleQueue } from '../constructs/schedule-queue.ts';

/** How often a message is tried before it is a dead letter. The sweep queues a call again that still waits. */
const receivesMax = 5;
/** Every six minutes, so that an outage of Webex of ten hours costs no suppression. */
const suppressionReceivesMax = 100;

export interface StatefulStackProps extends StackProps {
  readonly settings: Pick<Settings, 'triggers' | 'events'>;
}

/** Everything that must survive a new version of the service: tables, the Webex secret, queues. */
export class StatefulStack extends Stack {
  readonly calls: dynamodb.Table;
  readonly suppressions: dynamodb.Table;
  readonly counters: dynamodb.Table;
  readonly webexSecret: secretsmanager.Secret;
  /** Signs the challenges and confirmations of the abuse screen. */
  readonly screenSecret: secretsmanager.Secret;
  readonly dispatchQueue: sqs.Queue;
  readonly suppressionQueue: sqs.Queue;
  readonly registry: RegistryStorage;
  readonly campaigns: CampaignStorage;
  readonly scheduleRuns: sqs.Queue;
  readonly events: events.EventBus;
  readonly deadLetters: sqs.Queue;
  readonly integrations: Integrations;

  constructor(scope: Construct, id: string, props: StatefulStackProps) {
    super(scope, id, props);
    const kept = {
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    };
    const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });
    const number = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.NUMBER });

    this.calls = new dynamodb.Table(this, 'Calls', {
      ...kept,
      partitionKey: text('pk'),
      sortKey: text('sk'),
      stream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'ttl',
    });
    this.calls.addGlobalSecondaryIndex({
      indexName: 'byNumber',
      partitionKey: text('number'),
      sortKey: number('requestedAtMs'),
    });
    // Sparse: only open calls carry a check time. The sweep reads the calls themselves, so keys are enough.
    this.calls.addGlobalSecondaryIndex({
      indexName: 'byCheck',
      partitionKey: text('checkShard'),
      sortKey: number('checkAtMs'),
      projectionType: dynamodb.ProjectionType.KEYS_ONLY,
    });
    this.suppressions = new dynamodb.Table(this, 'Suppressions', {
      ...kept,
      partitionKey: text('pk'),
      sortKey: text('sk'),
      stream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
    });
    this.counters = new dynamodb.Table(this, 'Counters', {
      ...kept,
      partitionKey: text('pk'),
      timeToLiveAttribute: 'ttl',
    });

    // Sparse: only blocks of the abuse screen that may stand carry a shard.
    this.counters.addGlobalSecondaryIndex({
      indexName: 'byBlock',
      partitionKey: text('blockShard'),
      sortKey: number('untilMs'),
    });

    this.webexSecret = new secretsmanager.Secret(this, 'WebexSecret', {
      description:
        'OAuth client and tokens of the Webex organization. Filled by the first sign-in, renewed by rotation.',
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'unauthorized' },
      removalPolicy: RemovalPolicy.RETAIN,
    });

    Validations.of(this.webexSecret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason: 'The service stack schedules the rotation, beside the function that does it.',
    });

    this.screenSecret = new secretsmanager.Secret(this, 'ScreenSecret', {
      description: 'Signs what the form is given: challenges and confirmations. Random; nobody needs to know it.',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.screenSecret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason: 'What it signs is good for ten minutes; docs/operations.md tells how to change it.',
    });

    this.deadLetters = new sqs.Queue(this, 'DeadLetters', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.dispatchQueue = new sqs.Queue(this, 'DispatchQueue', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Six times the function's time limit, as Lambda recommends for queues that feed functions.
      visibilityTimeout: Duration.seconds(180),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: receivesMax },
    });
    this.suppressionQueue = new sqs.Queue(this, 'SuppressionQueue', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.minutes(6),
      // An import of a million numbers takes days at Webex's 300 requests a minute.
      retentionPeriod: Duration.days(14),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: suppressionReceivesMax },
    });
    this.registry = new RegistryStorage(this, 'Registry', { deadLetters: this.deadLetters });
    this.campaigns = new CampaignStorage(this, 'Campaigns', { deadLetters: this.deadLetters });
    this.scheduleRuns = scheduleQueue(this, 'ScheduleRuns', this.deadLetters);
    this.events = new events.EventBus(this, 'Events', { description: 'What Ringback tells other systems.' });
    this.integrations = new Integrations(this, 'Integrations', {
      settings: props.settings,
      bus: this.events,
      deadLetters: this.deadLetters,
    });
    // What the commands under infra/cli and other systems need to know.
    new CfnOutput(this, 'SuppressionsTable', { value: this.suppressions.tableName });
    new CfnOutput(this, 'RegistryBucket', { value: this.registry.bucket.bucketName });
    new CfnOutput(this, 'ContactFiles', { value: this.campaigns.files.bucketName });
    new CfnOutput(this, 'EventBus', { value: this.events.eventBusName });
  }
}
