import { Duration, type Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { linkedFilesPrefix, plansPrefix } from '../../src/campaigns/upload-objects.ts';
import { acknowledgeWildcard } from '../constructs/acknowledge.ts';
import { CampaignGrants } from '../constructs/campaign-grants.ts';
import { pushTimeLimit } from '../constructs/campaign-storage.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import type { RingbackFunction } from '../constructs/ringback-function.ts';
import type { ListFunctions, ListFunctionsProps } from './list-functions.ts';
import { PlanFunctions } from './plan-functions.ts';

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
  readonly #may: CampaignGrants;
  /** The state machine that plans large files. */
  readonly splitPlansArn: string;

  constructor(stack: Stack, props: CampaignFunctionsProps) {
    this.#stack = stack;
    this.#props = props;
    this.#may = new CampaignGrants(stack, props.stateful.campaigns);
    const { api } = props;
    api.route('POST /v1/campaigns/{id}/uploads', 'operator', this.#startUpload());
    api.route(`GET ${uploadPath}`, 'operator', this.#readUpload());
    api.route(`PATCH ${uploadPath}`, 'operator', this.#changeUpload());
    api.route(`GET ${uploadPath}/report`, 'operator', this.#reportUpload());
    this.splitPlansArn = new PlanFunctions(stack, { ...props, may: this.#may }).splitPlansArn;
    this.#pushContacts();
  }

  #startUpload(): RingbackFunction {
    const fn = this.#define('start-upload', { description: 'Takes contacts, or gives a link to put a file to.' });
    this.#may.mayTable(fn, 'AddUpload', ['PutItem']);
    this.#may.mayObjects(fn, 'TakeFiles', ['s3:PutObject'], linkedFilesPrefix, 'Each file is named like its upload.');
    return fn;
  }

  #readUpload(): RingbackFunction {
    const fn = this.#define('read-upload', {
      description: 'Tells how far an upload came.',
      timeout: Duration.seconds(25),
      environment: this.#props.withWebex.environment,
    });
    this.#may.mayTable(fn, 'ReadUpload', ['GetItem', 'Query']);
    this.#props.withWebex.readToken(fn);
    return fn;
  }

  #changeUpload(): RingbackFunction {
    const fn = this.#define('change-upload', {
      description: 'Confirms, pauses, resumes or cancels an upload, and has chunks sent again.',
      timeout: Duration.seconds(29),
      environment: { ...this.#props.withWebex.environment, ...this.#may.pushQueue },
    });
    this.#may.mayTable(fn, 'ReadUpload', ['GetItem', 'Query']);
    this.#may.mayTable(fn, 'ChangeUpload', ['UpdateItem', 'PutItem']);
    this.#may.maySend(fn, 'QueuePush', this.#props.stateful.campaigns.pushes);
    this.#props.withWebex.readToken(fn);
    return fn;
  }

  #reportUpload(): RingbackFunction {
    const fn = this.#define('report-upload', {
      description: 'Writes the report of all rows that were not certainly sent.',
      timeout: Duration.seconds(29),
      memorySize: 1_024,
    });
    this.#may.mayTable(fn, 'ReadUpload', ['GetItem', 'Query']);
    this.#may.mayWritePlans(fn, 'WriteReport', ['s3:GetObject', 's3:PutObject']);
    return fn;
  }

  #pushContacts(): void {
    const { stateful, withWebex } = this.#props;
    const { pushes } = stateful.campaigns;
    const timers = this.#listTimers(pushes);
    const fn = this.#define('push-contacts', {
      description: 'Sends planned contacts to a contact list, and hands on to the next before its time is over.',
      timeout: pushTimeLimit,
      environment: { ...withWebex.environment, ...this.#may.pushQueue, ...timers.environment },
    });
    timers.grantTo(fn);
    this.#may.mayTable(fn, 'ReadUpload', ['GetItem', 'Query']);
    this.#may.mayTable(fn, 'RecordSending', ['UpdateItem', 'PutItem', 'BatchWriteItem']);
    this.#may.mayTable(fn, 'ReleaseNumbers', ['DeleteItem'], 'Only where Webex certainly did not take a request.');
    fn.grant({
      sid: 'ReadSuppressions',
      actions: ['dynamodb:BatchGetItem'],
      resources: [stateful.suppressions.tableArn],
    });
    this.#may.mayObjects(fn, 'ReadPlan', ['s3:GetObject'], plansPrefix, 'Each plan is named like its upload.');
    withWebex.readToken(fn);
    this.#may.maySend(fn, 'HandOn', pushes);
    this.#may.receive(fn, 'UploadsToPush', pushes);
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

  #define(name: string, props: Parameters<ListFunctionsProps['define']>[1]): RingbackFunction {
    return this.#props.define(name, { ...props, environment: { ...this.#may.environment, ...props.environment } });
  }
}
