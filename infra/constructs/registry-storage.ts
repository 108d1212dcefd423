import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface RegistryStorageProps {
  readonly deadLetters: sqs.IQueue;
}

/** How long an import may take: a Lambda function's longest run. */
export const importTimeLimit = Duration.minutes(15);

/** Where the national registry's lists are uploaded and its copies are kept; uploads are told to a queue. */
export class RegistryStorage extends Construct {
  readonly bucket: s3.Bucket;
  readonly uploads: sqs.Queue;
  /** Prefix that operators upload lists to. */
  readonly uploadsPrefix = 'uploads/US/';
  /** Prefix of the copies; must not lie under the uploads, or each import would start the next one. */
  readonly copiesPrefix = 'registry/US/';

  constructor(scope: Construct, id: string, { deadLetters }: RegistryStorageProps) {
    super(scope, id);
    this.bucket = new s3.Bucket(this, 'Bucket', {
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      // Copies are never written over, the one before is kept, and an upload is worthless once the law takes it for too old.
      lifecycleRules: [
        { prefix: this.uploadsPrefix, expiration: Duration.days(90) },
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason:
        'Only our own functions read it; what they read and import is in their logs and in the manifest of each copy.',
    });
    this.uploads = new sqs.Queue(this, 'Uploads', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.minutes(importTimeLimit.toMinutes() + 5),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 3 },
    });
    this.#notify();
  }

  /** By the bucket's own property: the method of CDK's bucket would bring a function of its own along. */
  #notify(): void {
    const s3MaySend = this.uploads.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'S3MaySend',
        // By account and not by bucket, which cannot be made before it may send.
        principals: [
          new iam.ServicePrincipal('s3.amazonaws.com', {
            conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
          }),
        ],
        actions: ['sqs:SendMessage'],
        resources: [this.uploads.queueArn],
      }),
    );
    const bucket = this.bucket.node.defaultChild as s3.CfnBucket;
    bucket.notificationConfiguration = {
      queueConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          queue: this.uploads.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: this.uploadsPrefix }] } },
        },
      ],
    };
    if (s3MaySend.policyDependable) bucket.node.addDependency(s3MaySend.policyDependable);
  }
}
