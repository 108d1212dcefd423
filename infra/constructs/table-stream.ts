import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from './acknowledge.ts';
import type { RingbackFunction } from './ringback-function.ts';

export interface TableStreamProps {
  readonly table: dynamodb.Table;
  readonly target: RingbackFunction;
  /** Only items with this sort key are followed. */
  readonly sortKey: string;
  /** Batches of one shard at the same time; items of one partition key stay in order. @default 1 */
  readonly parallelizationFactor?: number;
  /** Hears of records that were given up, by their place in the stream. @default nobody */
  readonly onFailure?: sqs.IQueue;
}

/** A function that follows a table's stream, the outbox: what it may read, and the mapping that calls it. */
export class TableStream extends Construct {
  constructor(scope: Construct, id: string, props: TableStreamProps) {
    const { table, target, sortKey, parallelizationFactor, onFailure } = props;
    super(scope, id);
    const stream = table.tableStreamArn;
    if (stream === undefined) throw new Error(`The table ${table.node.path} has no stream.`);
    target.grant({
      sid: 'ReadStream',
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: [stream],
    });
    target.grant({
      sid: 'ListStreams',
      actions: ['dynamodb:ListStreams'],
      resources: ['*'],
      rarelyUsedBecause: 'Lambda asks for it when the event source mapping is made; the action knows no resource.',
    });
    acknowledgeWildcard(target, 'Resource::*', 'ListStreams knows no resource.');
    if (onFailure) {
      target.grant({
        sid: 'TellGivenUp',
        actions: ['sqs:SendMessage'],
        resources: [onFailure.queueArn],
        rarelyUsedBecause: 'Only for a record that failed for as long as it was tried.',
      });
    }
    new lambda.EventSourceMapping(this, 'Mapping', {
      target: target.lambda,
      eventSourceArn: stream,
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      // One record that cannot be read must not hold up the others for a day; of calls the sweep finds what was given up.
      retryAttempts: 100,
      filters: [
        lambda.FilterCriteria.filter({ dynamodb: { Keys: { sk: { S: lambda.FilterRule.isEqual(sortKey) } } } }),
      ],
      ...(parallelizationFactor !== undefined && { parallelizationFactor }),
      // The grant stands above: CDK's own destination would allow more than is used.
      ...(onFailure && { onFailure: { bind: () => ({ destination: onFailure.queueArn }) } }),
    });
  }
}
