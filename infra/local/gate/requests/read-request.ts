import { UnsupportedRequestError } from '../errors.ts';
import type { AccessRequest, ServiceName } from '../types.ts';
import type { ParsedRequest, RequestReader, ResourceNames } from './context.ts';
import { readDynamoRequest, readDynamoStreamsRequest } from './dynamodb.ts';
import { readEventsRequest, readQueueRequest } from './messaging.ts';
import { readS3Request } from './s3.ts';
import { readSchedulerRequest } from './scheduler.ts';
import { readSecretsRequest } from './secrets.ts';
import { readStatesRequest } from './states.ts';

const READERS: Readonly<Partial<Record<ServiceName, RequestReader>>> = {
  dynamodb: (request, names) =>
    request.headers['x-amz-target']?.toString().startsWith('DynamoDBStreams_') === true
      ? readDynamoStreamsRequest(request)
      : readDynamoRequest(request, names),
  events: readEventsRequest,
  s3: readS3Request,
  scheduler: readSchedulerRequest,
  secretsmanager: readSecretsRequest,
  sqs: readQueueRequest,
  states: readStatesRequest,
};

/**
 * Names every action and resource that a request to a service wants.
 *
 * @throws UnsupportedRequestError when the service or the operation is not known here.
 */
export const readRequest = (
  service: ServiceName,
  request: ParsedRequest,
  names: ResourceNames,
): readonly AccessRequest[] => {
  const reader = READERS[service];
  if (reader === undefined) {
    throw new UnsupportedRequestError(`The gate does not know the requests of the service "${service}".`);
  }
  const common = {
    'aws:principalaccount': [names.accountId],
    'aws:requestedregion': [names.region],
    'aws:resourceaccount': [names.accountId],
    // The real services are reached over TLS; that the gate listens on the loopback must not trip a policy that asks for it.
    'aws:securetransport': ['true'],
  };
  return reader(request, names).map((wanted) => ({ ...wanted, context: { ...common, ...wanted.context } }));
};
