import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';

/**
 * Has S3 tell a queue of every new object under a prefix; once for a bucket. By the bucket's own property: the method of CDK's
 * bucket would bring a function of its own along.
 */
export function notifyOfObjects(bucket: s3.Bucket, prefix: string, queue: sqs.Queue): void {
  const s3MaySend = queue.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'S3MaySend',
      // By account and not by bucket, which cannot be made before it may send.
      principals: [
        new iam.ServicePrincipal('s3.amazonaws.com', {
          conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(bucket).account } },
        }),
      ],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
    }),
  );
  const resource = bucket.node.defaultChild as s3.CfnBucket;
  resource.notificationConfiguration = {
    queueConfigurations: [
      {
        event: 's3:ObjectCreated:*',
        queue: queue.queueArn,
        filter: { s3Key: { rules: [{ name: 'prefix', value: prefix }] } },
      },
    ],
  };
  if (s3MaySend.policyDependable) resource.node.addDependency(s3MaySend.policyDependable);
}
