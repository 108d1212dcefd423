import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Says why a resource pattern in a role is right. @param finding as the check names it, such as `Resource::*` */
export function acknowledgeWildcard(scope: IConstruct, finding: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions::AwsSolutions-IAM5[${finding}]`, reason });
}
