import type { Stack } from 'aws-cdk-lib';
import { splitsPrefix } from '../../src/campaigns/split/keys.ts';
import { campaignFilesPrefix, linkedFilesPrefix } from '../../src/campaigns/upload-objects.ts';
import { acknowledgeObjects } from '../constructs/acknowledge.ts';
import type { CampaignGrants } from '../constructs/campaign-grants.ts';
import { planTimeLimit } from '../constructs/campaign-storage.ts';
import type { RingbackFunction } from '../constructs/ringback-function.ts';
import { SplitPlans } from '../constructs/split-plans.ts';
import type { ListFunctions, ListFunctionsProps } from './list-functions.ts';

export interface PlanFunctionsProps extends ListFunctionsProps {
  readonly lists: Pick<ListFunctions, 'readRegistry'>;
  readonly may: CampaignGrants;
}

/** The functions that plan contact files: in one pass, or in parts. */
export class PlanFunctions {
  readonly #stack: Stack;
  readonly #props: PlanFunctionsProps;
  /** The state machine that plans large files. */
  readonly splitPlansArn: string;

  constructor(stack: Stack, props: PlanFunctionsProps) {
    this.#stack = stack;
    this.#props = props;
    this.splitPlansArn = this.#splitPlans();
    this.#planUpload();
  }

  /** Memory for the numbers of the largest file in one pass, 430 MB, beside what a plan of any size needs; and more than one processor. */
  #planUpload(): void {
    const fn = this.#planner('plan-upload', 'Reads a contact file and sorts out what may be sent.', {
      SPLIT_PLANS_ARN: this.splitPlansArn,
    });
    this.#props.may.mayTable(fn, 'NotePlanning', ['UpdateItem'], 'Only where a plan takes more than two seconds.');
    fn.grant({
      sid: 'PlanInParts',
      actions: ['states:StartExecution'],
      resources: [this.splitPlansArn],
    });
    this.#props.may.receive(fn, 'PlansToMake', this.#props.stateful.campaigns.plans);
  }

  #splitPlans(): string {
    const { files } = this.#props.stateful.campaigns;
    const fn = this.#planner('plan-part', 'Does one step of the plan of a large contact file.');
    this.#props.may.mayTable(fn, 'NoteParts', ['UpdateItem']);
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
    const fn = this.#props.define(name, {
      description,
      timeout: planTimeLimit,
      memorySize: 2_048,
      environment: {
        ...this.#props.may.environment,
        ...this.#props.may.pushQueue,
        REGISTRY_BUCKET: bucket.bucketName,
        REGISTRY_PREFIX: copiesPrefix,
        ...environment,
      },
    });
    this.#props.may.mayTable(fn, 'KeepPlan', ['GetItem', 'PutItem', 'BatchGetItem']);
    ledger.readFacts(fn);
    ledger.readSuppression(fn);
    lists.readRegistry(fn);
    this.#props.may.mayObjects(
      fn,
      'ReadLinkedFiles',
      ['s3:GetObject'],
      linkedFilesPrefix,
      'Each file is named like its upload.',
    );
    this.#props.may.mayObjects(
      fn,
      'ReadCampaignFiles',
      ['s3:GetObject'],
      campaignFilesPrefix,
      'Operators name their files.',
    );
    this.#props.may.mayWritePlans(fn, 'WritePlan', ['s3:PutObject']);
    fn.grant({
      sid: 'TellMissingFiles',
      actions: ['s3:ListBucket'],
      resources: [files.bucketArn],
      rarelyUsedBecause: 'Nothing is listed; with it S3 answers 404 instead of 403 where the file is gone.',
    });
    this.#props.may.maySend(fn, 'QueuePush', pushes);
    return fn;
  }
}
