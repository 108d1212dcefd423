import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { notifyOfObjects } from './object-notification.ts';

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
    notifyOfObjects(this.bucket, this.uploadsPrefix, this.uploads);
  }
}
