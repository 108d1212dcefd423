import { Duration, type Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { splitsPrefix } from '../../src/campaigns/split/keys.ts';
import { campaignFilesPrefix, linkedFilesPrefix, plansPrefix } from '../../src/campaigns/upload-objects.ts';
import { acknowledgeObjects, acknowledgeWildcard } from '../constructs/acknowledge.ts';
import { planTimeLimit, pushTimeLimit } from '../constructs/campaign-storage.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import type { RingbackFunction } from '../constructs/ringback-function.ts';
import { SplitPlans } from '../constructs/split-plans.ts';
import type { ListFunctions, ListFunctionsProps } from './list-functions.ts';

export interface CampaignFunctionsProps extends ListFunctionsProps {
  readonly api: PublicApi;
  readonly lists: Pick<ListFunctions, 'readRegistry'>;
}

/** Where a campaign's upload stands in the API. */
const uploadPath = '/v1/campaigns/{id}/uploads/{upload}';

/** The functions that bring contact files into the contact lists of Webex campaigns. */
export class CampaignFunctions {
  readonly #stack: Stack;
  readonly #props: CampaignFunctionsProps;
  /** The state machine that plans large files. */
  readonly splitPlansArn: string;

  constructor(stack: Stack, props: CampaignFunctionsProps) {
    this.#stack = stack;
    this.#props = props;
    const { api } = props;
    api.route('POST /v1/campaigns/{id}/uploads', 'operator', this.#startUpload());
    api.route(`GET ${uploadPath}`, 'operator', this.#readUpload());
    api.route(`PATCH ${uploadPath}`, 'operator', this.#changeUpload());
    api.route(`GET ${uploadPath}/report`, 'operator', this.#reportUpload());
    this.splitPlansArn = this.#splitPlans();
    this.#planUpload();
    this.#pushContacts();
  }

  #startUpload(): RingbackFunction {
    const fn = this.#define('start-upload', { description: 'Takes contacts, or gives a link to put a file to.' });
    this.#mayTable(fn, 'AddUpload', ['PutItem']);
    this.#mayObjects(fn, 'TakeFiles', ['s3:PutObject'], linkedFilesPrefix, 'Each file is named like its upload.');
    return fn;
  }

  #readUpload(): RingbackFunction {
    const fn = this.#define('read-upload', {
      description: 'Tells how far an upload came.',
      timeout: Duration.seconds(25),
      environment: this.#props.withWebex.environment,
    });
    this.#mayTable(fn, 'ReadUpload', ['GetItem', 'Query']);
    this.#props.withWebex.readToken(fn);
    return fn;
  }

  #changeUpload(): RingbackFunction {
    const fn = this.#define('change-upload', {
      description: 'Confirms, pauses, resumes or cancels an upload, and has chunks sent again.',
      timeout: Duration.seconds(29),
      environment: { ...this.#props.withWebex.environment, ...this.#pushQueue },
    });
    this.#mayTable(fn, 'ReadUpload', ['GetItem', 'Query']);
    this.#mayTable(fn, 'ChangeUpload', ['UpdateItem', 'PutItem']);
    this.#maySend(fn, 'QueuePush', this.#props.stateful.campaigns.pushes);
    this.#props.withWebex.readToken(fn);
    return fn;
  }

  #reportUpload(): RingbackFunction {
    const fn = this.#define('report-upload', {
      description: 'Writes the report of all rows that were not certainly sent.',
      timeout: Duration.seconds(29),
      memorySize: 1_024,
    });
    this.#mayTable(fn, 'ReadUpload', ['GetItem', 'Query']);
    this.#mayWritePlans(fn, 'WriteReport', ['s3:GetObject', 's3:PutObject']);
    return fn;
  }

  /** Memory for ten million numbers seen, 230 MB, beside what a plan of any size needs; and more than one processor. */
  #planUpload(): void {
    const fn = this.#planner('plan-upload', 'Reads a contact file and sorts out what may be sent.', {
      SPLIT_PLANS_ARN: this.splitPlansArn,
    });
    this.#mayTable(fn, 'NotePlanning', ['UpdateItem'], 'Only where a plan takes more than two seconds.');
    fn.grant({
      sid: 'PlanInParts',
      actions: ['states:StartExecution'],
      resources: [this.splitPlansArn],
    });
    this.#receive(fn, 'PlansToMake', this.#props.stateful.campaigns.plans);
  }

  #splitPlans(): string {
    const { files } = this.#props.stateful.campaigns;
    const fn = this.#planner('plan-part', 'Does one step of the plan of a large contact file.');
    this.#mayTable(fn, 'NoteParts', ['UpdateItem']);
    fn.grant({
      sid: 'HandOnParts',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [files.arnForObjects(`${splitsPrefix}*`)],
    });
    fn.grant({
      sid: 'GiveUpParts',
      actions: ['s3:AbortMultipartUpload'],
      resources: [files.arnForObjects(`${splitsPrefix}*`)],
      rarelyUsedBecause: 'Only where a part of more than 5 MB cannot be written to its end.',
    });
    acknowledgeObjects(fn, files, splitsPrefix, 'What the steps hand on is named by the upload.');
    const { concurrency } = this.#props.settings.uploads.split;
    return new SplitPlans(this.#stack, 'SplitPlans', { planPart: fn, files, concurrency }).stateMachineArn;
  }

  /** A function that reads contact files and writes plans. */
  #planner(name: string, description: string, environment: Record<string, string> = {}): RingbackFunction {
    const { stateful, lists, ledger } = this.#props;
    const { pushes, files } = stateful.campaigns;
    const { bucket, copiesPrefix } = stateful.registry;
    const fn = this.#define(name, {
      description,
      timeout: planTimeLimit,
      memorySize: 2_048,
      environment: {
        ...this.#pushQueue,
        REGISTRY_BUCKET: bucket.bucketName,
        REGISTRY_PREFIX: copiesPrefix,
        ...environment,
      },
    });
    this.#mayTable(fn, 'KeepPlan', ['GetItem', 'PutItem', 'BatchGetItem']);
    ledger.readFacts(fn);
    ledger.readSuppression(fn);
    lists.readRegistry(fn);
    this.#mayObjects(fn, 'ReadLinkedFiles', ['s3:GetObject'], linkedFilesPrefix, 'Each file is named like its upload.');
    this.#mayObjects(fn, 'ReadCampaignFiles', ['s3:GetObject'], campaignFilesPrefix, 'Operators name their files.');
    this.#mayWritePlans(fn, 'WritePlan', ['s3:PutObject']);
    fn.grant({
      sid: 'TellMissingFiles',
      actions: ['s3:ListBucket'],
      resources: [files.bucketArn],
      rarelyUsedBecause: 'Nothing is listed; with it S3 answers 404 instead of 403 where the file is gone.',
    });
    this.#maySend(fn, 'QueuePush', pushes);
    return fn;
  }

  #pushContacts(): void {
    const { stateful, withWebex } = this.#props;
    const { pushes } = stateful.campaigns;
    const timers = this.#listTimers(pushes);
    const fn = this.#define('push-contacts', {
      description: 'Sends planned contacts to a contact list, and hands on to the next before its time is over.',
      timeout: pushTimeLimit,
      environment: { ...withWebex.environment, ...this.#pushQueue, ...timers.environment },
    });
    timers.grantTo(fn);
    this.#mayTable(fn, 'ReadUpload', ['GetItem', 'Query']);
    this.#mayTable(fn, 'RecordSending', ['UpdateItem', 'PutItem', 'BatchWriteItem']);
    this.#mayTable(fn, 'ReleaseNumbers', ['DeleteItem'], 'Only where Webex certainly did not take a request.');
    fn.grant({
      sid: 'ReadSuppressions',
      actions: ['dynamodb:BatchGetItem'],
      resources: [stateful.suppressions.tableArn],
    });
    this.#mayObjects(fn, 'ReadPlan', ['s3:GetObject'], plansPrefix, 'Each plan is named like its upload.');
    withWebex.readToken(fn);
    this.#maySend(fn, 'HandOn', pushes);
    this.#receive(fn, 'UploadsToPush', pushes);
  }

  /** One-time timers that have a list set to expired when its life is over. */
  #listTimers(pushes: sqs.Queue): {
    readonly environment: Record<string, string>;
    readonly grantTo: (fn: RingbackFunction) => void;
  } {
    const stack = this.#stack;
    const group = new scheduler.CfnScheduleGroup(stack, 'ListTimers');
    const role = new iam.Role(stack, 'ListTimerRole', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
    });
    role.addToPolicy(
      new iam.PolicyStatement({ sid: 'SendEndOfList', actions: ['sqs:SendMessage'], resources: [pushes.queueArn] }),
    );
    return {
      environment: {
        PUSH_QUEUE_ARN: pushes.queueArn,
        LIST_TIMER_GROUP: group.ref,
        LIST_TIMER_ROLE_ARN: role.roleArn,
      },
      grantTo: (fn) => {
        fn.grant({
          sid: 'SetListTimers',
          actions: ['scheduler:CreateSchedule'],
          resources: [stack.formatArn({ service: 'scheduler', resource: 'schedule', resourceName: `${group.ref}/*` })],
        });
        fn.grant({ sid: 'PassListTimerRole', actions: ['iam:PassRole'], resources: [role.roleArn] });
        acknowledgeWildcard(
          fn,
          `Resource::arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/<${stack.getLogicalId(group)}>/*`,
          'One timer a contact list in a group of its own: the names are upload ids.',
        );
      },
    };
  }

  get #pushQueue(): Record<string, string> {
    return { PUSH_QUEUE_URL: this.#props.stateful.campaigns.pushes.queueUrl };
  }

  #define(name: string, props: Parameters<ListFunctionsProps['define']>[1]): RingbackFunction {
    const { table, files } = this.#props.stateful.campaigns;
    return this.#props.define(name, {
      ...props,
      environment: { CAMPAIGNS_TABLE: table.tableName, CONTACT_FILES: files.bucketName, ...props.environment },
    });
  }

  #mayTable(fn: RingbackFunction, sid: string, actions: readonly string[], rarelyUsedBecause?: string): void {
    fn.grant({
      sid,
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [this.#props.stateful.campaigns.table.tableArn],
      ...(rarelyUsedBecause && { rarelyUsedBecause }),
    });
  }

  #mayObjects(fn: RingbackFunction, sid: string, actions: readonly string[], prefix: string, why: string): void {
    const { files } = this.#props.stateful.campaigns;
    fn.grant({ sid, actions, resources: [files.arnForObjects(`${prefix}*`)] });
    acknowledgeObjects(fn, files, prefix, why);
  }

  #mayWritePlans(fn: RingbackFunction, sid: string, actions: readonly string[]): void {
    const { files } = this.#props.stateful.campaigns;
    this.#mayObjects(fn, sid, actions, plansPrefix, 'Each plan is named like its upload.');
    fn.grant({
      sid: 'GiveUpReport',
      actions: ['s3:AbortMultipartUpload'],
      resources: [files.arnForObjects(`${plansPrefix}*`)],
      rarelyUsedBecause: 'Only where a report of more than 5 MB cannot be written to its end.',
    });
  }

  #maySend(fn: RingbackFunction, sid: string, queue: sqs.Queue): void {
    fn.grant({ sid, actions: ['sqs:SendMessage'], resources: [queue.queueArn] });
  }

  /** One message at a time: a plan or a stretch of sending fills a function's time. Two is the least that Lambda takes. */
  #receive(fn: RingbackFunction, id: string, queue: sqs.Queue): void {
    fn.grant({
      sid: 'ReceiveMessages',
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [queue.queueArn],
    });
    new lambda.EventSourceMapping(this.#stack, id, {
      target: fn.lambda,
      eventSourceArn: queue.queueArn,
      batchSize: 1,
      maxConcurrency: 2,
      reportBatchItemFailures: true,
    });
  }
}
