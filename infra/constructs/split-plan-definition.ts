import type { PlanPart } from '../../events/plan-part/schema.ts';

export interface SplitPlanPlaces {
  readonly functionArn: string;
  /** Holds the items of the maps. */
  readonly bucket: string;
  readonly concurrency: number;
  /** Of the region: `aws`, `aws-cn`. */
  readonly partition: string;
}

type Step = PlanPart['step'];

/** After a fault of the machinery: 2, 8, 32 and 120 s later. What is wrong with a file is an answer, not an error. */
const Retry = [
  { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 4, BackoffRate: 4, MaxDelaySeconds: 120 },
];
const Catch = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'GiveUp' }];

/**
 * The steps of a plan in parts, in the Amazon States Language. Each may run twice, and each that finds the upload cancelled
 * or refused does nothing, so that the rest of an execution is over at once.
 */
export function splitPlanDefinition({ functionArn, bucket, concurrency, partition }: SplitPlanPlaces): object {
  const task = (step: Step) => ({
    Type: 'Task',
    Resource: functionArn,
    Parameters: { step, 'uploadId.$': '$.uploadId' },
    Retry,
  });
  const map = (step: Step, name: string, keyPath: string, Next: string) => ({
    Type: 'Map',
    Label: name,
    MaxConcurrency: concurrency,
    ItemReader: {
      Resource: `arn:${partition}:states:::s3:getObject`,
      ReaderConfig: { InputType: 'JSON' },
      Parameters: { Bucket: bucket, 'Key.$': keyPath },
    },
    ItemSelector: { step, 'uploadId.$': '$.uploadId', 'item.$': '$$.Map.Item.Value' },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: `${name}Item`,
      States: { [`${name}Item`]: { Type: 'Task', Resource: functionArn, Retry, End: true } },
    },
    ResultPath: null,
    Catch,
    Next,
  });
  return {
    Comment: 'Plans a large contact file by ranges of its bytes.',
    StartAt: 'Cut',
    States: {
      Cut: { ...task('cut'), ResultPath: '$.cut', Catch, Next: 'IsCut' },
      IsCut: {
        Type: 'Choice',
        Choices: [{ Variable: '$.cut.outcome', StringEquals: 'done', Next: 'Numbers' }],
        Default: 'Ended',
      },
      Numbers: map('numbers', 'Numbers', '$.cut.ranges', 'Repeats'),
      Repeats: map('repeats', 'Repeats', '$.cut.shards', 'Ranges'),
      Ranges: map('range', 'Ranges', '$.cut.ranges', 'Join'),
      Join: { ...task('join'), ResultPath: null, Catch, Next: 'Ended' },
      Ended: { Type: 'Succeed' },
      GiveUp: { ...task('give-up'), ResultPath: null, Next: 'GivenUp' },
      GivenUp: {
        Type: 'Fail',
        Error: 'PlanGivenUp',
        Cause: 'A step failed as often as it may; the upload is refused.',
      },
    },
  };
}
