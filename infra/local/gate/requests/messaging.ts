import { UnsupportedRequestError } from '../errors.ts';
import type { AccessRequest } from '../types.ts';
import { listMember, type ParsedRequest, type ResourceNames, stringMember } from './context.ts';

/** Batches are checked by the action of their single form. */
const QUEUE_ACTIONS: Readonly<Record<string, string>> = {
  ChangeMessageVisibility: 'ChangeMessageVisibility',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
  DeleteMessage: 'DeleteMessage',
  DeleteMessageBatch: 'DeleteMessage',
  GetQueueAttributes: 'GetQueueAttributes',
  ListQueueTags: 'ListQueueTags',
  PurgeQueue: 'PurgeQueue',
  ReceiveMessage: 'ReceiveMessage',
  SendMessage: 'SendMessage',
  SendMessageBatch: 'SendMessage',
  SetQueueAttributes: 'SetQueueAttributes',
};

const queueNameOf = (queueUrl: string): string => queueUrl.slice(queueUrl.lastIndexOf('/') + 1);

/** What a request to SQS wants, with the queue's ARN from its URL or name. */
export const readQueueRequest = (request: ParsedRequest, names: ResourceNames): readonly AccessRequest[] => {
  const { operation, body } = request;
  const arn = (name: string): string => `arn:aws:sqs:${names.region}:${names.accountId}:${name}`;
  const action = QUEUE_ACTIONS[operation];
  if (action !== undefined) {
    return [{ action: `sqs:${action}`, resource: arn(queueNameOf(stringMember(body, 'QueueUrl') ?? '')) }];
  }
  switch (operation) {
    case 'CreateQueue':
    case 'GetQueueUrl':
      return [{ action: `sqs:${operation}`, resource: arn(stringMember(body, 'QueueName') ?? '') }];
    case 'ListQueues':
      return [{ action: 'sqs:ListQueues', resource: '*' }];
    default:
      throw new UnsupportedRequestError(`The gate does not know the SQS operation "${operation}".`);
  }
};

const busArn = (bus: string | undefined, names: ResourceNames): string =>
  bus?.startsWith('arn:') === true
    ? bus
    : `arn:aws:events:${names.region}:${names.accountId}:event-bus/${bus ?? 'default'}`;

/** What a request to EventBridge wants: PutEvents on the bus of each entry. */
export const readEventsRequest = (request: ParsedRequest, names: ResourceNames): readonly AccessRequest[] => {
  if (request.operation !== 'PutEvents') {
    throw new UnsupportedRequestError(`The gate does not know the EventBridge operation "${request.operation}".`);
  }
  const buses = listMember(request.body, 'Entries').map((entry) => busArn(stringMember(entry, 'EventBusName'), names));
  return [...new Set(buses)].map((resource) => ({ action: 'events:PutEvents', resource }));
};
