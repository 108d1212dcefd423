import * as z from 'zod';
import { AwsError } from '../shared/aws-error.ts';
import { isTimeZone } from '../../../../src/numbering/time-zone.ts';
import { ScheduleExpressionError } from '../../../../src/shared/schedule/cron.ts';
import { parseScheduleExpression } from '../../../../src/shared/schedule/expression.ts';

/** AWS: name of a schedule or a group. */
export const ScheduleName = z.string().regex(/^[0-9a-zA-Z_.-]{1,64}$/, {
  error: 'must be 1 to 64 letters, digits, hyphens, underscores or dots',
});

const QUEUE_ARN = /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]{1,80}$/;
const TARGET_ARN =
  /^arn:aws[a-z-]*:(?:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]{1,80}|lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_:$-]+)$/;
/** AWS: input of at most 256 KB. */
const INPUT_BYTES_MAX = 262_144;

const unsupported = z.optional(z.never({ error: 'is not supported by the local host' }));

const TargetSchema = z.object({
  Arn: z.string().regex(TARGET_ARN, { error: 'must be the ARN of an SQS queue or a Lambda function' }),
  RoleArn: z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, { error: 'must be the ARN of a role' }),
  Input: z.optional(
    z
      .string()
      .min(1)
      .refine((text) => Buffer.byteLength(text) <= INPUT_BYTES_MAX, {
        error: `must have at most ${INPUT_BYTES_MAX} bytes`,
      }),
  ),
  DeadLetterConfig: z.optional(
    z.object({ Arn: z.optional(z.string().regex(QUEUE_ARN, { error: 'must be the ARN of an SQS queue' })) }),
  ),
  RetryPolicy: z.optional(
    z.object({
      MaximumEventAgeInSeconds: z.optional(z.int().min(60).max(86_400)),
      MaximumRetryAttempts: z.optional(z.int().min(0).max(185)),
    }),
  ),
  SqsParameters: z.optional(z.object({ MessageGroupId: z.optional(z.string().min(1).max(128)) })),
  EcsParameters: unsupported,
  EventBridgeParameters: unsupported,
  KinesisParameters: unsupported,
  SageMakerPipelineParameters: unsupported,
});

const EpochSeconds = z.number().nonnegative();

const DefinitionSchema = z.object({
  ScheduleExpression: z.string().min(1).max(256),
  ScheduleExpressionTimezone: z.optional(z.string().min(1).max(50)),
  StartDate: z.optional(EpochSeconds),
  EndDate: z.optional(EpochSeconds),
  Description: z.optional(z.string().max(512)),
  State: z.optional(z.enum(['ENABLED', 'DISABLED'])),
  KmsKeyArn: z.optional(z.string()),
  FlexibleTimeWindow: z.object({
    Mode: z.literal('OFF', { error: 'must be OFF on the local host' }),
    MaximumWindowInMinutes: unsupported,
  }),
  ActionAfterCompletion: z.optional(z.enum(['NONE', 'DELETE'])),
  Target: TargetSchema,
});

const RequestSchema = z.object({
  ...DefinitionSchema.shape,
  GroupName: z.optional(ScheduleName),
  ClientToken: z.optional(z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/)),
});

export type ScheduleTarget = z.infer<typeof TargetSchema>;
/** What a schedule says, as it was asked for. */
export type ScheduleDefinition = z.infer<typeof DefinitionSchema>;

export interface ScheduleRequest {
  readonly groupName: string;
  readonly clientToken: string | undefined;
  readonly definition: ScheduleDefinition;
}

/** The definition of a stored schedule. */
export const parseStoredDefinition = (text: string): ScheduleDefinition => DefinitionSchema.parse(JSON.parse(text));

/** Checks a value and turns what zod says into AWS's exception. */
export const parseInput = <S extends z.ZodType>(schema: S, input: unknown, what: string): z.infer<S> => {
  const parsed = schema.safeParse(input);
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  const path = [what, ...(issue?.path ?? [])].filter((part) => part !== '').join('.');
  throw new AwsError('ValidationException', `${path}: ${issue?.message ?? 'is not valid'}.`);
};

/**
 * Checks the body of CreateSchedule or UpdateSchedule.
 *
 * @throws AwsError ValidationException naming the member.
 */
export const parseScheduleRequest = (body: unknown): ScheduleRequest => {
  const { GroupName, ClientToken, ...definition } = parseInput(RequestSchema, body ?? {}, '');
  try {
    parseScheduleExpression(definition.ScheduleExpression);
  } catch (error) {
    if (error instanceof ScheduleExpressionError) {
      throw new AwsError(
        'ValidationException',
        `Invalid Schedule Expression ${definition.ScheduleExpression}. ${error.message}`,
      );
    }
    throw error;
  }
  if (definition.ScheduleExpressionTimezone !== undefined && !isTimeZone(definition.ScheduleExpressionTimezone)) {
    throw new AwsError(
      'ValidationException',
      `ScheduleExpressionTimezone: "${definition.ScheduleExpressionTimezone}" is not a time zone.`,
    );
  }
  if (
    definition.StartDate !== undefined &&
    definition.EndDate !== undefined &&
    definition.EndDate <= definition.StartDate
  ) {
    throw new AwsError('ValidationException', 'EndDate: must be later than StartDate.');
  }
  const isFifo = definition.Target.Arn.endsWith('.fifo');
  if (isFifo !== (definition.Target.SqsParameters?.MessageGroupId !== undefined)) {
    throw new AwsError(
      'ValidationException',
      'Target.SqsParameters.MessageGroupId: goes with a FIFO queue, and only with one.',
    );
  }
  return { groupName: GroupName ?? 'default', clientToken: ClientToken, definition };
};
