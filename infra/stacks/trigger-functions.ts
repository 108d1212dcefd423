import { Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Settings } from '../../src/settings/schema.ts';
import { deliverEventTimeLimit, takeRequestTimeLimit, takeTriggerTimeLimit } from '../constructs/integrations.ts';
import type { LedgerGrants } from '../constructs/ledger-grants.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import { addQueueSource, allowReceiving, receiveFrom } from '../constructs/queue-source.ts';
import type { RingbackFunction } from '../constructs/ringback-function.ts';
import { TableStream } from '../constructs/table-stream.ts';
import { ContactBatches } from './contact-batches.ts';
import type { DefineFunction } from './list-functions.ts';
import type { StatefulStack } from './stateful-stack.ts';

export interface TriggerFunctionsProps {
  readonly stateful: StatefulStack;
  readonly settings: Pick<Settings, 'events' | 'triggers'>;
  readonly api: PublicApi;
  readonly ledger: LedgerGrants;
  readonly define: DefineFunction;
}

/** The functions between us and other systems: what they ask of us, and what we tell them. */
export function addTriggerFunctions(scope: Construct, props: TriggerFunctionsProps): void {
  takeTrigger(scope, props);
  takeRequest(scope, props);
  announceCall(scope, props);
  announceUpload(scope, props);
  deliverEvent(scope, props);
}

function takeTrigger(scope: Construct, props: TriggerFunctionsProps): void {
  const { stateful, api, ledger, define } = props;
  const { triggerSecrets } = stateful.integrations;
  if (triggerSecrets.size === 0) return;
  const contacts = addsContacts(props) ? new ContactBatches(scope, props) : undefined;
  const fn = define('take-trigger', {
    description: 'Takes a signed delivery of a marketing system: verifies it and writes what it asks for.',
    memorySize: 1_024,
    timeout: takeTriggerTimeLimit,
    environment: {
      TRIGGER_SECRET_ARNS: jsonOf(scope, triggerSecrets, ({ secretArn }) => secretArn),
      ...contacts?.environment,
    },
  });
  contacts?.addFrom(fn);
  acceptCalls(ledger, fn);
  ledger.markDeliveries(fn);
  fn.grant({
    sid: 'ReadTriggerSecrets',
    actions: ['secretsmanager:GetSecretValue'],
    resources: [...triggerSecrets.values()].map(({ secretArn }) => secretArn),
  });
  api.route('POST /v1/triggers/{source}', 'signed', fn);
}

const addsContacts = ({ settings }: TriggerFunctionsProps): boolean =>
  Object.values(settings.triggers.sources).some(({ does }) => does === 'contact');

function takeRequest(scope: Construct, { stateful, ledger, define }: TriggerFunctionsProps): void {
  const { requests } = stateful.integrations;
  const fn = define('take-request', {
    description: 'Takes an event on the bus that asks for an outdial.',
    timeout: takeRequestTimeLimit,
  });
  acceptCalls(ledger, fn);
  receiveFrom(scope, 'RequestEvents', { fn, queue: requests, sid: 'ReceiveRequests', batchSize: 5, maxConcurrency: 5 });
}

function announceCall(scope: Construct, { stateful, define }: TriggerFunctionsProps): void {
  const { calls, events, deadLetters } = stateful;
  const fn = define('announce-call', {
    description: 'Follows the table stream: tells the bus of every step of a call.',
    environment: { EVENT_BUS: events.eventBusName },
  });
  fn.grant({ sid: 'TellBus', actions: ['events:PutEvents'], resources: [events.eventBusArn] });
  new TableStream(scope, 'CallEvents', { table: calls, target: fn, sortKey: 'CALL', onFailure: deadLetters });
}

function announceUpload(scope: Construct, { stateful, define }: TriggerFunctionsProps): void {
  const { campaigns, events, deadLetters } = stateful;
  const { table } = campaigns;
  const fn = define('announce-upload', {
    description: 'Follows the stream of campaigns: tells the bus of every step of an upload.',
    // What an upload of ten million contacts came to is read from a thousand items.
    timeout: Duration.seconds(60),
    environment: { CAMPAIGNS_TABLE: table.tableName, EVENT_BUS: events.eventBusName },
  });
  fn.grant({
    sid: 'CountContacts',
    actions: ['dynamodb:Query'],
    resources: [table.tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'UPLOAD#*' } },
  });
  fn.grant({ sid: 'TellBus', actions: ['events:PutEvents'], resources: [events.eventBusArn] });
  new TableStream(scope, 'UploadEvents', { table, target: fn, sortKey: 'UPLOAD', onFailure: deadLetters });
}

function deliverEvent(scope: Construct, { stateful, settings, ledger, define }: TriggerFunctionsProps): void {
  const { destinations } = stateful.integrations;
  if (destinations.size === 0) return;
  const fn = define('deliver-event', {
    description: 'Posts events to other systems, signed by Standard Webhooks.',
    timeout: deliverEventTimeLimit,
    environment: {
      DESTINATION_QUEUE_ARNS: jsonOf(scope, destinations, ({ queue }) => queue.queueArn),
      DESTINATION_QUEUE_URLS: jsonOf(scope, destinations, ({ queue }) => queue.queueUrl),
      DESTINATION_SECRET_ARNS: jsonOf(scope, destinations, ({ secret }) => secret.secretArn),
    },
  });
  const queues = [...destinations.values()].map(({ queue }) => queue);
  fn.grant({
    sid: 'ReadDestinationSecrets',
    actions: ['secretsmanager:GetSecretValue'],
    resources: [...destinations.values()].map(({ secret }) => secret.secretArn),
  });
  ledger.keepGoneDestinations(fn);
  allowReceiving(fn, 'ReceiveEvents', queues);
  fn.grant({
    sid: 'PostponeEvents',
    actions: ['sqs:ChangeMessageVisibility'],
    resources: queues.map(({ queueArn }) => queueArn),
  });
  for (const [name, { queue }] of destinations) {
    // One event an invocation: what one destination keeps waiting holds up nothing else, and the limit is one of requests.
    const maxConcurrency = settings.events.destinations[name]?.concurrency ?? 2;
    addQueueSource(scope, `EventsTo${name}`, { fn, queue, batchSize: 1, maxConcurrency });
  }
}

function acceptCalls(ledger: LedgerGrants, fn: RingbackFunction): void {
  ledger.readFacts(fn);
  ledger.readCall(fn);
  ledger.acceptCall(fn);
}

const jsonOf = <Value>(scope: Construct, values: ReadonlyMap<string, Value>, of: (value: Value) => string): string =>
  Stack.of(scope).toJsonString(Object.fromEntries([...values].map(([name, value]) => [name, of(value)])));
