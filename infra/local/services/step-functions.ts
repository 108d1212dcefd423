import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Clock } from '../../../src/shared/clock.ts';
import { AwsError } from './shared/aws-error.ts';
import { type LocalServer, type ServiceRequest, operationOf, startServer } from './shared/server.ts';
import type { StatesDefinition } from './states/definition.ts';
import { type StateActions, type StatesOutcome, runStates } from './states/interpreter.ts';
import { StatesStoppedError } from './states/state-error.ts';
import { ExecutionStore, type StoredExecution } from './states/store.ts';

export { readDefinition, StatesDefinitionError } from './states/definition.ts';
export { StateError } from './states/state-error.ts';

/** A state machine of the template. */
export interface StateMachine {
  readonly arn: string;
  readonly definition: StatesDefinition;
  /** Under the role of the state machine. */
  readonly actions: Omit<StateActions, 'wait'>;
}

export interface StepFunctionsOptions {
  /** The state is in `step-functions.db` in this folder. */
  readonly dataDir: string;
  readonly machines: readonly StateMachine[];
  /** Told of every execution that failed, in one sentence. */
  readonly onProblem: (problem: string) => void;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export interface StepFunctions extends LocalServer {
  /** Begins executions anew that an earlier run did not end. Step Functions itself never has to: its steps may run twice. */
  resume(): void;
}

const StartSchema = z.object({
  stateMachineArn: z.string(),
  name: z.string().regex(/^[\w-]{1,80}$/, 'must be 1 to 80 letters, digits, hyphens or underscores'),
  input: z.string().default('{}'),
});
const DescribeSchema = z.object({ executionArn: z.string() });

/** Starts the stand-in for Step Functions: executions of the state machines of the template, one process for all. */
export const startStepFunctions = async (options: StepFunctionsOptions): Promise<StepFunctions> => {
  const { machines, clock, onProblem } = options;
  const store = new ExecutionStore(join(options.dataDir, 'step-functions.db'));
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  const execute = async ({ arn, machineArn, input }: StoredExecution): Promise<void> => {
    const machine = machines.find((each) => each.arn === machineArn);
    if (machine === undefined) return onProblem(`${arn} waits: its state machine is not in the template any more.`);
    let outcome: StatesOutcome;
    try {
      outcome = await runStates(machine.definition, JSON.parse(input), stoppable(machine.actions, stopping.signal));
    } catch (error) {
      if (error instanceof StatesStoppedError) return;
      throw error;
    }
    store.end(arn, outcome, clock.nowMs());
    if (outcome.status === 'FAILED') onProblem(`${arn} failed: ${outcome.error}: ${outcome.cause}`);
  };
  const begin = (execution: StoredExecution): void => {
    const running = execute(execution)
      .catch((error: unknown) => onProblem(`${execution.arn} broke off: ${String(error)}`))
      .finally(() => underWay.delete(running));
    underWay.add(running);
  };
  const start = (request: z.output<typeof StartSchema>): unknown => {
    const { stateMachineArn, name, input } = request;
    if (!machines.some(({ arn }) => arn === stateMachineArn))
      throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
    const arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const there = store.find(arn);
    if (there === undefined) {
      const execution = { arn, machineArn: stateMachineArn, name, input, startedMs: clock.nowMs() };
      store.add(execution);
      begin({ ...execution, status: 'RUNNING' });
    } else if (there.status !== 'RUNNING' || there.input !== input) {
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    return { executionArn: arn, startDate: (there?.startedMs ?? clock.nowMs()) / 1_000 };
  };
  const server = await startServer('aws-json', (request) => {
    switch (operationOf(request)) {
      case 'StartExecution':
        return start(parse(StartSchema, request));
      case 'DescribeExecution':
        return describe(store, parse(DescribeSchema, request).executionArn);
      default:
        throw new AwsError('UnknownOperationException', `The local host does not know ${operationOf(request)}.`);
    }
  });
  return {
    url: server.url,
    resume: () => store.running().forEach(begin),
    close: async () => {
      stopping.abort();
      await server.close();
      await Promise.all(underWay);
      store.close();
    },
  };
};

function describe(store: ExecutionStore, executionArn: string): unknown {
  const found = store.find(executionArn);
  if (found === undefined) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
  const { arn, machineArn, name, input, status, outcome, startedMs, stoppedMs } = found;
  return {
    executionArn: arn,
    stateMachineArn: machineArn,
    name,
    input,
    status,
    startDate: startedMs / 1_000,
    ...(stoppedMs !== undefined && { stopDate: stoppedMs / 1_000 }),
    ...(outcome?.status === 'SUCCEEDED' && { output: JSON.stringify(outcome.output) }),
    ...(outcome?.status === 'FAILED' && { error: outcome.error, cause: outcome.cause }),
  };
}

function parse<S extends z.ZodType>(schema: S, { body }: ServiceRequest): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AwsError('ValidationException', `${issue?.path.join('.')} ${issue?.message}.`);
}

/** What comes back when the host stops is no outcome: a function that was ended with it did not fail. */
function stoppable(actions: StateMachine['actions'], signal: AbortSignal): StateActions {
  const stopped = new Promise<never>((_resolve, reject) => {
    const stop = (): void => reject(new StatesStoppedError('The host is stopping.'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  // Nobody may be waiting when the host stops.
  stopped.catch(() => undefined);
  const orStopped = <T>(work: Promise<T>): Promise<T> => Promise.race([stopped, work]);
  return {
    invoke: (functionArn, payload) => orStopped(actions.invoke(functionArn, payload)),
    readObject: (bucket, key) => orStopped(actions.readObject(bucket, key)),
    beginMap: () => actions.beginMap(),
    wait: (ms) => orStopped(sleep(ms, undefined, { signal }).then(() => undefined)),
  };
}
