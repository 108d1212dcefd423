import * as z from 'zod';

/** A definition that holds what the interpreter does not know; names the place in it. */
export class StatesDefinitionError extends Error {
  override readonly name = 'StatesDefinitionError';
}

const Next = z.string();
const Path = z
  .string()
  .regex(/^\$(\.[A-Za-z_]\w*)*$/, 'must be a path such as $.cut.outcome; the local host knows no others');
const Resource = z
  .string()
  .regex(/^arn:[\w-]+:lambda:/, 'must be the ARN of a function; the local host runs no other tasks');
const Template = z.record(z.string(), z.unknown());
const ErrorNames = z.array(z.string()).min(1);
const Comment = z.optional(z.string());

const RetrySchema = z.strictObject({
  ErrorEquals: ErrorNames,
  IntervalSeconds: z.int().min(1).default(1),
  MaxAttempts: z.int().min(0).default(3),
  BackoffRate: z.number().min(1).default(2),
  MaxDelaySeconds: z.optional(z.int().min(1)),
});
const CatchSchema = z.strictObject({ ErrorEquals: ErrorNames, ResultPath: z.optional(z.nullable(Path)), Next });

/** What every state that does work may say. */
const work = {
  Comment,
  ResultPath: z.optional(z.nullable(Path)),
  Retry: z.array(RetrySchema).default([]),
  Catch: z.array(CatchSchema).default([]),
  Next: z.optional(Next),
  End: z.optional(z.literal(true)),
};

const TaskSchema = z.strictObject({ Type: z.literal('Task'), Resource, Parameters: z.optional(Template), ...work });
const ChoiceSchema = z.strictObject({
  Type: z.literal('Choice'),
  Comment,
  Choices: z.array(z.strictObject({ Variable: Path, StringEquals: z.string(), Next })).min(1),
  Default: z.optional(Next),
});
const SucceedSchema = z.strictObject({ Type: z.literal('Succeed'), Comment });
const FailSchema = z.strictObject({
  Type: z.literal('Fail'),
  Comment,
  Error: z.optional(z.string()),
  Cause: z.optional(z.string()),
});
const MapSchema = z.strictObject({
  Type: z.literal('Map'),
  /** Step Functions: at most 40 characters. */
  Label: z.optional(z.string().max(40)),
  MaxConcurrency: z.optional(z.int().min(0)),
  ItemReader: z.strictObject({
    Resource: z.string().regex(/:states:::s3:getObject$/, 'must be s3:getObject; the local host reads no other items'),
    ReaderConfig: z.strictObject({ InputType: z.literal('JSON') }),
    Parameters: Template,
  }),
  ItemSelector: z.optional(Template),
  ItemProcessor: z.strictObject({
    ProcessorConfig: z.strictObject({ Mode: z.literal('DISTRIBUTED'), ExecutionType: z.literal('STANDARD') }),
    StartAt: Next,
    States: z.record(z.string(), TaskSchema),
  }),
  ...work,
});

const StateSchema = z.discriminatedUnion('Type', [TaskSchema, ChoiceSchema, SucceedSchema, FailSchema, MapSchema]);
const MachineSchema = z.strictObject({
  Comment,
  Version: z.optional(z.literal('1.0')),
  QueryLanguage: z.optional(z.literal('JSONPath')),
  StartAt: Next,
  States: z.record(z.string(), StateSchema),
});

export type State = z.output<typeof StateSchema>;
export type TaskState = z.output<typeof TaskSchema>;
export type MapState = z.output<typeof MapSchema>;
export type Retrier = z.output<typeof RetrySchema>;
/** A state machine, or what a map runs for each item. */
export interface StatesDefinition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/**
 * Reads the states that the interpreter runs: tasks of functions, choices by text, distributed maps over a JSON list in
 * S3, Succeed and Fail, with JSONPath's plain members.
 * @throws StatesDefinitionError
 */
export function readDefinition(text: string): StatesDefinition {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new StatesDefinitionError(`The definition is not JSON: ${String(cause)}.`, { cause });
  }
  const parsed = MachineSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new StatesDefinitionError(`${issue?.path.map(String).join('.') || 'The definition'}: ${issue?.message}.`);
  }
  checkWays(parsed.data);
  return parsed.data;
}

function checkWays({ StartAt, States }: StatesDefinition): void {
  const known = (name: string, from: string): void => {
    if (!(name in States)) throw new StatesDefinitionError(`${from} leads to the state "${name}", which is not there.`);
  };
  known(StartAt, 'StartAt');
  for (const [name, state] of Object.entries(States)) {
    for (const next of waysOf(name, state)) known(next, name);
    if (state.Type === 'Map') checkWays(state.ItemProcessor);
  }
}

function waysOf(name: string, state: State): string[] {
  if (state.Type === 'Succeed' || state.Type === 'Fail') return [];
  if (state.Type === 'Choice') {
    const { Choices, Default } = state;
    return [...Choices.map((choice) => choice.Next), ...(Default === undefined ? [] : [Default])];
  }
  if ((state.Next === undefined) === (state.End === undefined))
    throw new StatesDefinitionError(`${name} must have either Next or End.`);
  return [...(state.Next === undefined ? [] : [state.Next]), ...state.Catch.map((caught) => caught.Next)];
}
