import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface RingbackFunctionProps {
  /** Folder of the bundle. */
  readonly bundle: string;
  /** Folder name under `functions/`. */
  readonly functionName: string;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  /** @default 10 seconds */
  readonly timeout?: Duration;
  /** Megabytes; Lambda gives CPU in proportion. @default 512 */
  readonly memorySize?: number;
  /** Upper bound of concurrent executions, where something behind the function needs one. @default none */
  readonly reservedConcurrentExecutions?: number;
}

/** One statement of a function's role. */
export interface Grant {
  /** Names the statement in the template, in refusals and in the report of `npm run permissions`. */
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Why a test run may never use this grant; without it an unused grant is a finding. */
  readonly rarelyUsedBecause?: string;
}

/** Key of the role's metadata that holds the reasons of rarely used grants. */
export const grantReasonsKey = 'ringback:rarelyUsedGrants';

/** Without it, Powertools finds out by an error that it catches: 3 ms of every cold start. */
const powertools = { POWERTOOLS_DEV: 'false' };

/** A Lambda function of ours: nodejs24.x on arm64, its own log group, and a role that holds nothing it was not given. */
export class RingbackFunction extends Construct {
  readonly lambda: lambda.Function;
  readonly #role: iam.Role;
  readonly #reasons: Record<string, string> = {};

  constructor(scope: Construct, id: string, props: RingbackFunctionProps) {
    super(scope, id);
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    this.lambda = new lambda.Function(this, 'Function', {
      code: lambda.Code.fromAsset(props.bundle),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      description: props.description,
      environment: { ...props.environment, ...powertools, POWERTOOLS_SERVICE_NAME: props.functionName },
      timeout: props.timeout ?? Duration.seconds(10),
      memorySize: props.memorySize ?? 512,
      role: this.#role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      ...(props.reservedConcurrentExecutions !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      }),
    });
    // The stream of a log group is made by Lambda under the function's role; the group exists already.
    this.grant({
      sid: 'WriteLogs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    });
  }

  grant(grant: Grant): void {
    this.#role.addToPolicy(
      new iam.PolicyStatement({
        sid: grant.sid,
        actions: [...grant.actions],
        resources: [...grant.resources],
        ...(grant.conditions && { conditions: grant.conditions }),
      }),
    );
    if (!grant.rarelyUsedBecause) return;
    this.#reasons[grant.sid] = grant.rarelyUsedBecause;
    (this.#role.node.defaultChild as iam.CfnRole).addMetadata(grantReasonsKey, this.#reasons);
  }
}
