import { Stack, Validations } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';

/** Says why a resource pattern in a role is right. @param finding as the check names it, such as `Resource::*` */
export function acknowledgeWildcard(scope: IConstruct, finding: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions::AwsSolutions-IAM5[${finding}]`, reason });
}

/** The same for the objects under a prefix of a bucket of another stack, which the check names by the bucket's export. */
export function acknowledgeObjects(scope: IConstruct, bucket: IBucket, prefix: string, reason: string): void {
  const owner = Stack.of(bucket);
  const imported = owner.resolve(owner.exportValue(bucket.bucketArn)) as { readonly 'Fn::ImportValue': string };
  acknowledgeWildcard(scope, `Resource::${imported['Fn::ImportValue']}/${prefix}*`, reason);
}
