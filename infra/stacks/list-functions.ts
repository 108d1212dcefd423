import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Settings } from '../../src/settings/schema.ts';
import { acknowledgeObjects } from '../constructs/acknowledge.ts';
import type { LedgerGrants } from '../constructs/ledger-grants.ts';
import { receiveFrom } from '../constructs/queue-source.ts';
import { importTimeLimit } from '../constructs/registry-storage.ts';
import type { RingbackFunction, RingbackFunctionProps } from '../constructs/ringback-function.ts';
import { TableStream } from '../constructs/table-stream.ts';
import type { StatefulStack } from './stateful-stack.ts';

/** Gives a function Webex: its address, and the right to read the token and to use the budget. */
export interface WithWebex {
  readonly environment: Record<string, string>;
  readonly readToken: (fn: RingbackFunction) => void;
}

/** Defines a function of the service with the environment that all share. */
export type DefineFunction = (
  name: string,
  props: Omit<RingbackFunctionProps, 'functionName' | 'bundle' | 'environment'> & {
    environment?: Record<string, string>;
  },
) => RingbackFunction;

export interface ListFunctionsProps {
  readonly stateful: StatefulStack;
  readonly settings: Settings;
  readonly ledger: LedgerGrants;
  readonly define: DefineFunction;
  readonly withWebex: WithWebex;
}

/** The functions around what forbids calls: our own list, Webex's, the national registry, emergency bans. */
export class ListFunctions {
  readonly #scope: Construct;
  readonly #props: ListFunctionsProps;

  constructor(scope: Construct, props: ListFunctionsProps) {
    this.#scope = scope;
    this.#props = props;
    this.#announceSuppression();
    this.#propagateSuppression();
    this.#importRegistry();
  }

  /** Serves the routes of our own list. */
  suppressNumber(): RingbackFunction {
    const { define, ledger } = this.#props;
    const fn = define('suppress-number', {
      description: 'Keeps our do-not-call list and cancels what waits for a number on it.',
      timeout: Duration.seconds(25),
    });
    ledger.keepSuppressions(fn);
    ledger.readLocks(fn);
    ledger.readCall(fn);
    ledger.changeCall(fn);
    ledger.keepPlaces(fn);
    return fn;
  }

  /** Serves the routes of emergency bans. */
  banCalls(): RingbackFunction {
    const { define, ledger } = this.#props;
    const fn = define('ban-calls', { description: 'Declares and lifts emergency bans on calls into a jurisdiction.' });
    ledger.changeBans(fn);
    return fn;
  }

  /** Lets a function look numbers up in the registry, where the organization subscribes to one. */
  readRegistry(fn: RingbackFunction): void {
    if (this.#props.settings.policy.registries.US?.subscribed !== true) return;
    const { bucket, copiesPrefix } = this.#props.stateful.registry;
    const rarelyUsedBecause = 'Only for calls whose basis does not lift the registry.';
    fn.grant({
      sid: 'ReadRegistry',
      actions: ['s3:GetObject'],
      resources: [bucket.arnForObjects(`${copiesPrefix}*`)],
      rarelyUsedBecause,
    });
    this.#tellMissingObjects(fn);
    acknowledgeObjects(fn, bucket, copiesPrefix, 'The copy in use names its own files.');
  }

  #announceSuppression(): void {
    const { define, ledger, stateful } = this.#props;
    const fn = define('announce-suppression', {
      description: 'Follows our do-not-call list: cancels what waits, has Webex told, tells the bus.',
      timeout: Duration.seconds(30),
      environment: {
        SUPPRESSION_QUEUE_URL: stateful.suppressionQueue.queueUrl,
        EVENT_BUS: stateful.events.eventBusName,
      },
    });
    ledger.readLocks(fn);
    ledger.readCall(fn);
    ledger.changeCall(fn);
    ledger.keepPlaces(fn, 'Only for a call in a slot whose number was listed by another way than the route.');
    fn.grant({
      sid: 'QueueForWebex',
      actions: ['sqs:SendMessage'],
      resources: [stateful.suppressionQueue.queueArn],
    });
    fn.grant({ sid: 'TellBus', actions: ['events:PutEvents'], resources: [stateful.events.eventBusArn] });
    new TableStream(this.#scope, 'SuppressionStream', {
      table: stateful.suppressions,
      target: fn,
      sortKey: 'internal',
      // Records of one number stay in order; an import of a million numbers must not keep an opt-out waiting for long.
      parallelizationFactor: 10,
      onFailure: stateful.deadLetters,
    });
  }

  #propagateSuppression(): void {
    const { define, ledger, stateful, withWebex } = this.#props;
    const fn = define('propagate-suppression', {
      description: 'Makes the DNC lists and scheduled callbacks of Webex agree with our do-not-call list.',
      timeout: Duration.seconds(60),
      environment: { ...withWebex.environment, CAMPAIGNS_TABLE: stateful.campaigns.table.tableName },
    });
    ledger.readSuppression(fn);
    fn.grant({
      sid: 'FindSentContacts',
      actions: ['dynamodb:Query'],
      resources: [stateful.campaigns.table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'NUMBER#*' } },
    });
    withWebex.readToken(fn);
    receiveFrom(this.#scope, 'Suppressions', {
      fn,
      queue: stateful.suppressionQueue,
      sid: 'ReceiveSuppressions',
      batchSize: 5,
      maxConcurrency: 2,
    });
  }

  #importRegistry(): void {
    const { define, stateful } = this.#props;
    const { bucket, copiesPrefix, uploads, uploadsPrefix } = stateful.registry;
    const fn = define('import-registry', {
      description: 'Makes a new copy of the national registry from an uploaded list.',
      timeout: importTimeLimit,
      memorySize: 1_024,
      environment: { REGISTRY_BUCKET: bucket.bucketName, REGISTRY_PREFIX: copiesPrefix },
    });
    fn.grant({
      sid: 'ReadUpload',
      actions: ['s3:GetObject'],
      resources: [bucket.arnForObjects(`${uploadsPrefix}*`)],
    });
    fn.grant({
      sid: 'KeepCopies',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [bucket.arnForObjects(`${copiesPrefix}*`)],
    });
    fn.grant({
      sid: 'SweepCopies',
      actions: ['s3:DeleteObject'],
      resources: [bucket.arnForObjects(`${copiesPrefix}*`)],
      rarelyUsedBecause: 'Only objects that no copy has needed for a day are removed.',
    });
    // Also makes S3 answer 404 instead of 403 where there is no copy yet.
    fn.grant({ sid: 'ListCopies', actions: ['s3:ListBucket'], resources: [bucket.bucketArn] });
    acknowledgeObjects(fn, bucket, uploadsPrefix, 'Operators name their uploads.');
    acknowledgeObjects(fn, bucket, copiesPrefix, 'The copies are named by what they hold.');
    receiveFrom(this.#scope, 'RegistryUploads', {
      fn,
      queue: uploads,
      sid: 'ReceiveUploads',
      batchSize: 1,
      maxConcurrency: 2,
      reportBatchItemFailures: false,
    });
  }

  #tellMissingObjects(fn: RingbackFunction): void {
    fn.grant({
      sid: 'TellMissingObjects',
      actions: ['s3:ListBucket'],
      resources: [this.#props.stateful.registry.bucket.bucketArn],
      rarelyUsedBecause: 'Nothing is listed; with it S3 answers 404 instead of 403 where there is no copy yet.',
    });
  }
}
