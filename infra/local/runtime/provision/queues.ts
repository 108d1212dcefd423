import type { Resource, TemplateModel } from '../../template/model.ts';
import { TemplateError } from '../../template/errors.ts';
import { AwsServiceError, callAws } from '../aws-client.ts';

type Queue = Resource<'AWS::SQS::Queue'>;

/** Attributes that SQS lets nobody change on a queue that exists. */
const FIXED = ['FifoQueue'];

/**
 * Makes the queues that are not there yet and sets the attributes of those that are, dead-letter queues first.
 * @throws {TemplateError} where dead letters of queues go in a circle.
 */
export const provisionQueues = async (model: TemplateModel, engine: URL, adminKey: string): Promise<void> => {
  const call = <T>(operation: string, input: object): Promise<T> =>
    callAws<T>(engine, adminKey, 'sqs', operation, input);
  for (const queue of deadLettersFirst(model.of('AWS::SQS::Queue'))) {
    const QueueName = queue.attribute('QueueName');
    const attributes = attributesOf(queue);
    const url = await existingUrl(QueueName, call);
    if (url === undefined) {
      await call('CreateQueue', { QueueName, Attributes: attributes });
      continue;
    }
    const changeable = Object.fromEntries(Object.entries(attributes).filter(([name]) => !FIXED.includes(name)));
    if (Object.keys(changeable).length > 0) await call('SetQueueAttributes', { QueueUrl: url, Attributes: changeable });
  }
};

type QueueCall = <T>(operation: string, input: object) => Promise<T>;

const existingUrl = async (QueueName: string, call: QueueCall): Promise<string | undefined> => {
  try {
    return (await call<{ QueueUrl: string }>('GetQueueUrl', { QueueName })).QueueUrl;
  } catch (error) {
    if (error instanceof AwsServiceError && /NonExistentQueue|QueueDoesNotExist/.test(error.code)) return undefined;
    throw error;
  }
};

const deadLettersFirst = (queues: readonly Queue[]): readonly Queue[] => {
  const ordered: Queue[] = [];
  const visit = (queue: Queue, seen: readonly Queue[]): void => {
    if (ordered.includes(queue)) return;
    if (seen.includes(queue)) throw new TemplateError(`${queue.path}: its dead letters come back to it.`);
    const targetArn = queue.properties.RedrivePolicy?.deadLetterTargetArn;
    const target = queues.find((candidate) => candidate.attribute('Arn') === targetArn);
    if (targetArn !== undefined && target === undefined)
      throw new TemplateError(`${queue.path}: its dead-letter queue ${targetArn} is not in the template.`);
    if (target !== undefined) visit(target, [...seen, queue]);
    ordered.push(queue);
  };
  for (const queue of queues) visit(queue, []);
  return ordered;
};

const attributesOf = ({ properties }: Queue): Record<string, string> => {
  const {
    VisibilityTimeout,
    MessageRetentionPeriod,
    DelaySeconds,
    MaximumMessageSize,
    ReceiveMessageWaitTimeSeconds,
    RedrivePolicy,
    FifoQueue,
    ContentBasedDeduplication,
  } = properties;
  const wanted = {
    VisibilityTimeout,
    MessageRetentionPeriod,
    DelaySeconds,
    MaximumMessageSize,
    ReceiveMessageWaitTimeSeconds,
    FifoQueue,
    ContentBasedDeduplication,
    RedrivePolicy: RedrivePolicy && JSON.stringify(RedrivePolicy),
  };
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
};
