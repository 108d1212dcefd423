import { TemplateError } from '../template/errors.ts';
import type { TemplateModel } from '../template/model.ts';
import { callAws } from './aws-client.ts';

/** Sends a record to the queue that a destination or dead-letter configuration names, under the function's role. */
export const sendToQueue = async (
  model: TemplateModel,
  gate: URL,
  accessKeyId: string,
  destinationArn: string,
  body: unknown,
): Promise<void> => {
  const queue = model.of('AWS::SQS::Queue').find((candidate) => candidate.attribute('Arn') === destinationArn);
  if (queue === undefined)
    throw new TemplateError(
      `The destination ${destinationArn} is not a queue of the template; the local host knows no other.`,
    );
  await callAws(gate, accessKeyId, 'sqs', 'SendMessage', { QueueUrl: queue.ref, MessageBody: JSON.stringify(body) });
};

/** Refuses destinations that the host could not serve, at the start rather than when the first event has failed. */
export const checkDestinations = (model: TemplateModel): void => {
  const queues = new Set(model.of('AWS::SQS::Queue').map((queue) => queue.attribute('Arn')));
  const check = (path: string, destinationArn: string | undefined): void => {
    if (destinationArn === undefined || queues.has(destinationArn)) return;
    throw new TemplateError(
      `${path}: the destination ${destinationArn} is not a queue of the template; the local host knows no other.`,
    );
  };
  for (const fn of model.of('AWS::Lambda::Function')) check(fn.path, fn.properties.DeadLetterConfig?.TargetArn);
  for (const mapping of model.of('AWS::Lambda::EventSourceMapping'))
    check(mapping.path, mapping.properties.DestinationConfig?.OnFailure?.Destination);
  for (const config of model.of('AWS::Lambda::EventInvokeConfig')) {
    check(config.path, config.properties.DestinationConfig?.OnFailure?.Destination);
    check(config.path, config.properties.DestinationConfig?.OnSuccess?.Destination);
  }
};
