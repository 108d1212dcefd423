import { TemplateError } from '../../template/errors.ts';
import type { Resource, TemplateModel } from '../../template/model.ts';
import type { FunctionDefinition } from '../functions/definition.ts';
import type { QueueMapping } from './queue-source.ts';
import type { StreamMapping } from './stream-mapping.ts';

type Mapping = Resource<'AWS::Lambda::EventSourceMapping'>;

/** Lambda's defaults (AWS::Lambda::EventSourceMapping). */
const QUEUE_BATCH_DEFAULT = 10;
const STREAM_BATCH_DEFAULT = 100;
/** Records leave a stream after 24 h, so an age without a limit ends there. */
const STREAM_AGE_MAX_MS = 24 * 3_600_000;

/** Properties that mean something for one kind of source only; Lambda refuses them on the other kind. */
const STREAM_ONLY = [
  'StartingPosition',
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'DestinationConfig',
] as const;

/** All enabled event source mappings of the template, by kind. @throws {TemplateError} for a source that the host cannot poll. */
export const mappingsOf = (
  model: TemplateModel,
  functionOf: (nameOrArn: string) => FunctionDefinition,
): { readonly queues: readonly QueueMapping[]; readonly streams: readonly StreamMapping[] } => {
  const enabled = model.of('AWS::Lambda::EventSourceMapping').filter(({ properties }) => properties.Enabled !== false);
  const isQueue = ({ properties }: Mapping): boolean => properties.EventSourceArn.includes(':sqs:');
  return {
    queues: enabled
      .filter(isQueue)
      .map((mapping) => queueMapping(mapping, model, functionOf(mapping.properties.FunctionName))),
    streams: enabled
      .filter((mapping) => !isQueue(mapping))
      .map((mapping) => streamMapping(mapping, model, functionOf(mapping.properties.FunctionName))),
  };
};

const queueMapping = (mapping: Mapping, model: TemplateModel, target: FunctionDefinition): QueueMapping => {
  const { properties } = mapping;
  const queue = model
    .of('AWS::SQS::Queue')
    .find((candidate) => candidate.attribute('Arn') === properties.EventSourceArn);
  if (queue === undefined)
    throw new TemplateError(`${mapping.path}: its queue ${properties.EventSourceArn} is not in the template.`);
  const misplaced = STREAM_ONLY.find((name) => properties[name] !== undefined);
  if (misplaced !== undefined)
    throw new TemplateError(`${mapping.path}: ${misplaced} is for streams, but the source is a queue.`);
  return {
    path: mapping.path,
    queueArn: properties.EventSourceArn,
    queueUrl: queue.ref,
    functionArn: target.arn,
    functionTimeoutMs: target.timeoutMs,
    accessKeyId: target.principal.accessKeyId,
    batchSize: properties.BatchSize ?? QUEUE_BATCH_DEFAULT,
    windowMs: (properties.MaximumBatchingWindowInSeconds ?? 0) * 1000,
    concurrencyMax: Math.min(
      properties.ScalingConfig?.MaximumConcurrency ?? target.concurrencyMax,
      Math.max(1, target.concurrencyMax),
    ),
    reportsItemFailures: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    filters: filtersOf(mapping),
  };
};

const streamMapping = (mapping: Mapping, model: TemplateModel, target: FunctionDefinition): StreamMapping => {
  const { properties } = mapping;
  const tables = [...model.of('AWS::DynamoDB::Table'), ...model.of('AWS::DynamoDB::GlobalTable')];
  const table = tables.find((candidate) => candidate.attribute('StreamArn') === properties.EventSourceArn);
  if (table?.properties.StreamSpecification === undefined) {
    throw new TemplateError(
      `${mapping.path}: its source ${properties.EventSourceArn} is neither a queue nor the stream of a table of the template.`,
    );
  }
  if (properties.StartingPosition === undefined)
    throw new TemplateError(`${mapping.path}: a stream needs StartingPosition.`);
  if (properties.ScalingConfig !== undefined)
    throw new TemplateError(`${mapping.path}: ScalingConfig is for queues, but the source is a stream.`);
  const onFailure = properties.DestinationConfig?.OnFailure?.Destination;
  return {
    path: mapping.path,
    id: mapping.ref,
    streamArn: properties.EventSourceArn,
    tableName: table.ref,
    functionArn: target.arn,
    functionName: target.name,
    startsAt: properties.StartingPosition,
    batchSize: properties.BatchSize ?? STREAM_BATCH_DEFAULT,
    windowMs: (properties.MaximumBatchingWindowInSeconds ?? 0) * 1000,
    retry: {
      bisects: properties.BisectBatchOnFunctionError ?? false,
      retriesMax: unlimited(properties.MaximumRetryAttempts) ?? Number.POSITIVE_INFINITY,
      recordAgeMaxMs: (unlimited(properties.MaximumRecordAgeInSeconds) ?? STREAM_AGE_MAX_MS / 1000) * 1000,
      reportsItemFailures: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    },
    filters: filtersOf(mapping),
    ...(onFailure === undefined ? {} : { onFailureArn: onFailure }),
  };
};

const filtersOf = ({ properties }: Mapping): readonly string[] =>
  (properties.FilterCriteria?.Filters ?? []).map(({ Pattern }) => Pattern);

const unlimited = (value: number | undefined): number | undefined => (value === -1 ? undefined : value);
