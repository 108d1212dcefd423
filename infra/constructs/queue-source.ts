import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { RingbackFunction } from './ringback-function.ts';

export interface QueueSourceProps {
  readonly fn: RingbackFunction;
  readonly queue: sqs.IQueue;
  /** Messages of one invocation. */
  readonly batchSize: number;
  /** Invocations at the same time; 2 is the least that Lambda takes. */
  readonly maxConcurrency: number;
  /** Whether the function names the messages that failed; else all of an invocation come again. @default true */
  readonly reportBatchItemFailures?: boolean;
}

/** Has Lambda hand a queue's messages to a function, which must be allowed to receive them. */
export function addQueueSource(
  scope: Construct,
  id: string,
  { fn, queue, batchSize, maxConcurrency, reportBatchItemFailures = true }: QueueSourceProps,
): void {
  new lambda.EventSourceMapping(scope, id, {
    target: fn.lambda,
    eventSourceArn: queue.queueArn,
    batchSize,
    maxConcurrency,
    ...(reportBatchItemFailures && { reportBatchItemFailures }),
  });
}

/** What Lambda asks of the role of a function that queues are a source of. */
export function allowReceiving(fn: RingbackFunction, sid: string, queues: readonly sqs.IQueue[]): void {
  fn.grant({
    sid,
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resources: queues.map(({ queueArn }) => queueArn),
  });
}

/** Both for one queue. @param sid of the statement */
export function receiveFrom(scope: Construct, id: string, props: QueueSourceProps & { readonly sid: string }): void {
  allowReceiving(props.fn, props.sid, [props.queue]);
  addQueueSource(scope, id, props);
}
