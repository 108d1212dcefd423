import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { splitsPrefix } from '../../src/campaigns/split/keys.ts';
import { linkedFilesPrefix } from '../../src/campaigns/upload-objects.ts';
import { notifyOfObjects } from './object-notification.ts';

export interface CampaignStorageProps {
  readonly deadLetters: sqs.IQueue;
}

/** How long a plan may take: a Lambda function's longest run. */
export const planTimeLimit = Duration.minutes(15);
/** How long one function sends before it hands on to the next: a dead one is missed after little more than that. */
export const pushTimeLimit = Duration.seconds(90);

/** A list lives 31 days and may begin 30 days after its file: what is needed for it is never removed before. */
const keptDays = 90;
/** An execution that failed is looked into within a week, or not at all. */
const splitsKeptDays = 7;
/** Each message brings one try; what a file or Webex can do wrong is no reason for another. */
const planReceivesMax = 3;
/** Every two minutes, so that a fault of three hours stops no upload. */
const pushReceivesMax = 100;

/** Uploads to campaigns: their records, the files with what is made of them, and the queues of those who plan and send. */
export class CampaignStorage extends Construct {
  readonly table: dynamodb.Table;
  readonly files: s3.Bucket;
  readonly plans: sqs.Queue;
  readonly pushes: sqs.Queue;

  constructor(scope: Construct, id: string, { deadLetters }: CampaignStorageProps) {
    super(scope, id);
    this.table = new dynamodb.Table(this, 'Table', {
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
      stream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
    });
    this.files = new s3.Bucket(this, 'Files', {
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { expiration: Duration.days(keptDays), abortIncompleteMultipartUploadAfter: Duration.days(1) },
        { prefix: splitsPrefix, expiration: Duration.days(splitsKeptDays) },
      ],
    });
    Validations.of(this.files).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason: 'Only our own functions and who has a link read it; who asked for which upload is in its record.',
    });
    const queue = (name: string, runs: Duration, maxReceiveCount: number): sqs.Queue =>
      new sqs.Queue(this, name, {
        encryption: sqs.QueueEncryption.SQS_MANAGED,
        enforceSSL: true,
        visibilityTimeout: runs.plus(Duration.seconds(30)),
        retentionPeriod: Duration.days(14),
        deadLetterQueue: { queue: deadLetters, maxReceiveCount },
      });
    this.plans = queue('Plans', planTimeLimit, planReceivesMax);
    this.pushes = queue('Pushes', pushTimeLimit, pushReceivesMax);
    notifyOfObjects(this.files, linkedFilesPrefix, this.plans);
  }
}
