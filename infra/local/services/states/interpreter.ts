import type { MapState, Retrier, State, StatesDefinition, TaskState } from './definition.ts';
import { fill, memberAt, placeResult } from './paths.ts';
import { StateError, StatesStoppedError } from './state-error.ts';

/** What states do to the world, under the role of their state machine. */
export interface StateActions {
  /** @throws StateError */
  invoke(functionArn: string, payload: unknown): Promise<unknown>;
  /** @throws StateError */
  readObject(bucket: string, key: string): Promise<string>;
  /** Step Functions starts an execution of the state machine for each item of a distributed map. @throws StateError */
  beginMap(): void;
  /** @throws StatesStoppedError */
  wait(ms: number): Promise<void>;
}

export type StatesOutcome =
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | { readonly status: 'FAILED'; readonly error: string; readonly cause: string };

/** Step Functions runs so many items at the same time where a map does not say how many. */
const concurrencyDefault = 10_000;

/** Runs states from their start. @throws StatesStoppedError where the host stops meanwhile */
export async function runStates(
  definition: StatesDefinition,
  input: unknown,
  actions: StateActions,
): Promise<StatesOutcome> {
  let name: string | undefined = definition.StartAt;
  let value = input;
  while (name !== undefined) {
    const state: State = definition.States[name] as State;
    if (state.Type === 'Succeed') break;
    if (state.Type === 'Fail') return { status: 'FAILED', error: state.Error ?? '', cause: state.Cause ?? '' };
    try {
      if (state.Type === 'Choice') {
        name = choose(state, value);
        continue;
      }
      const result = await withRetries(state.Retry, actions, () => work(state, value, actions));
      value = placeResult(state.ResultPath, value, result);
      name = state.Next;
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      const { errorName, message } = error;
      const caught =
        'Catch' in state ? state.Catch.find(({ ErrorEquals }) => covers(ErrorEquals, errorName)) : undefined;
      if (caught === undefined) return { status: 'FAILED', error: errorName, cause: message };
      value = placeResult(caught.ResultPath, value, { Error: errorName, Cause: message });
      name = caught.Next;
    }
  }
  return { status: 'SUCCEEDED', output: value };
}

const covers = (names: readonly string[], errorName: string): boolean =>
  names.some(
    (each) =>
      each === errorName || each === 'States.ALL' || (each === 'States.TaskFailed' && errorName !== 'States.Timeout'),
  );

function choose(state: Extract<State, { Type: 'Choice' }>, input: unknown): string {
  const chosen = state.Choices.find(({ Variable, StringEquals }) => memberAt(Variable, input) === StringEquals);
  const next = chosen?.Next ?? state.Default;
  if (next === undefined) throw new StateError('States.NoChoiceMatched', 'No choice fits the input.');
  return next;
}

const work = (state: TaskState | MapState, input: unknown, actions: StateActions): Promise<unknown> =>
  state.Type === 'Task'
    ? actions.invoke(state.Resource, state.Parameters ? fill(state.Parameters, input) : input)
    : runMap(state, input, actions);

async function withRetries<T>(
  retriers: readonly Retrier[],
  actions: StateActions,
  attempt: () => Promise<T>,
): Promise<T> {
  const used = new Map<Retrier, number>();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      const retrier = retriers.find(({ ErrorEquals }) => covers(ErrorEquals, error.errorName));
      const retries = retrier === undefined ? 0 : (used.get(retrier) ?? 0);
      if (retrier === undefined || retries >= retrier.MaxAttempts) throw error;
      used.set(retrier, retries + 1);
      const seconds = retrier.IntervalSeconds * retrier.BackoffRate ** retries;
      await actions.wait(Math.min(seconds, retrier.MaxDelaySeconds ?? seconds) * 1_000);
    }
  }
}

/** A map fails with its first item that fails, and begins no other then. */
async function runMap(state: MapState, input: unknown, actions: StateActions): Promise<unknown[]> {
  const items = await readItems(state, input, actions);
  actions.beginMap();
  const results: unknown[] = [];
  let next = 0;
  let failure: StateError | undefined;
  const lane = async (): Promise<void> => {
    while (next < items.length && failure === undefined) {
      const index = next;
      next += 1;
      const item = items[index];
      const payload = state.ItemSelector ? fill(state.ItemSelector, input, item) : item;
      const outcome = await runStates(state.ItemProcessor, payload, actions);
      if (outcome.status === 'SUCCEEDED') results[index] = outcome.output;
      else failure ??= failureOf(outcome, index);
    }
  };
  const lanes = Math.min(items.length, state.MaxConcurrency || concurrencyDefault);
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failure !== undefined) throw failure;
  return results;
}

const failureOf = ({ error, cause }: { error: string; cause: string }, index: number): StateError =>
  new StateError('States.ExceedToleratedFailureThreshold', `Item ${index} failed: ${error}: ${cause}`);

async function readItems({ ItemReader }: MapState, input: unknown, actions: StateActions): Promise<unknown[]> {
  const { Bucket, Key } = fill(ItemReader.Parameters, input);
  try {
    const items: unknown = JSON.parse(await actions.readObject(String(Bucket), String(Key)));
    if (Array.isArray(items)) return items;
    throw new StateError('States.ItemReaderFailed', `${String(Key)} holds no JSON list.`);
  } catch (error) {
    if (error instanceof StateError || error instanceof StatesStoppedError) throw error;
    throw new StateError('States.ItemReaderFailed', `${String(Key)} cannot be read: ${String(error)}`);
  }
}
