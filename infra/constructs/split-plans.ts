import { ArnFormat, Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { splitsPrefix } from '../../src/campaigns/split/keys.ts';
import { acknowledgeObjects, acknowledgeWildcard } from './acknowledge.ts';
import { type RingbackFunction, grantReasonsKey } from './ringback-function.ts';
import { splitPlanDefinition } from './split-plan-definition.ts';

export interface SplitPlansProps {
  /** Does each step. */
  readonly planPart: RingbackFunction;
  /** Holds the items of the maps. */
  readonly files: Bucket;
  /** Ranges planned at the same time. */
  readonly concurrency: number;
}

/** The state machine that has large files planned in parts: ranges of their bytes side by side, then put together. */
export class SplitPlans extends Construct {
  readonly stateMachineArn: string;

  constructor(scope: Construct, id: string, { planPart, files, concurrency }: SplitPlansProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const functionArn = planPart.lambda.functionArn;
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
    });
    const may = (sid: string, actions: string[], resources: string[]): iam.PolicyStatement =>
      new iam.PolicyStatement({ sid, actions, resources });
    const policy = new iam.Policy(this, 'Policy', {
      roles: [role],
      statements: [
        may('PlanParts', ['lambda:InvokeFunction'], [functionArn]),
        may('ReadItems', ['s3:GetObject'], [files.arnForObjects(`${splitsPrefix}*`)]),
        may('DeliverLogs', logDelivery, ['*']),
        may('Trace', tracing, ['*']),
      ],
    });
    acknowledgeObjects(policy, files, splitsPrefix, 'The items of each upload are named by it.');
    acknowledgeWildcard(policy, 'Resource::*', 'Log delivery and X-Ray know no resources.');

    const machine = new sfn.CfnStateMachine(this, 'StateMachine', {
      stateMachineType: 'STANDARD',
      roleArn: role.roleArn,
      definitionString: stack.toJsonString(
        splitPlanDefinition({ functionArn, bucket: files.bucketName, concurrency, partition: Aws.PARTITION }),
      ),
      loggingConfiguration: {
        // Inputs hold ids and byte positions only; what they say is in the functions' logs already.
        includeExecutionData: false,
        level: 'ALL',
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logGroup.logGroupArn } }],
      },
      tracingConfiguration: { enabled: true },
    });
    machine.node.addDependency(policy);
    this.stateMachineArn = machine.attrArn;
    this.#mayRunMaps(role, machine);
  }

  /** A policy of its own: it names the state machine, which waits for the other one. */
  #mayRunMaps(role: iam.Role, machine: sfn.CfnStateMachine): void {
    const stack = Stack.of(this);
    const executions = stack.formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${machine.attrName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const policy = new iam.Policy(this, 'MapPolicy', {
      roles: [role],
      statements: [
        new iam.PolicyStatement({ sid: 'RunMaps', actions: ['states:StartExecution'], resources: [machine.attrArn] }),
        new iam.PolicyStatement({
          sid: 'WatchMaps',
          actions: ['states:DescribeExecution', 'states:StopExecution'],
          resources: [executions],
        }),
      ],
    });
    acknowledgeWildcard(
      policy,
      `Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<${stack.getLogicalId(machine)}.Name>:*`,
      'A map names its executions itself.',
    );
    (role.node.defaultChild as iam.CfnRole).addMetadata(grantReasonsKey, {
      WatchMaps: 'Step Functions asks for it; here maps are watched where they run.',
    });
  }
}

/** Step Functions user guide, "Using CloudWatch Logs to log execution history": none of them takes a resource. */
const logDelivery = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];
/** Step Functions user guide, "Trace Step Functions request data in AWS X-Ray". */
const tracing = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
];
