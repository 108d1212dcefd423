import { describe, expect, it } from 'vitest';
import { StatesDefinitionError, readDefinition } from '../../../../../../infra/local/services/states/definition.ts';
import {
  type StateActions,
  type StatesOutcome,
  runStates,
} from '../../../../../../infra/local/services/states/interpreter.ts';
import { StateError, StatesStoppedError } from '../../../../../../infra/local/services/states/state-error.ts';
import { splitPlanDefinition } from '../../../../../../infra/constructs/split-plan-definition.ts';

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:work';
const task = (more: object = {}) => ({ Type: 'Task', Resource: functionArn, ...more });
const map = (more: object = {}) => ({
  Type: 'Map',
  MaxConcurrency: 2,
  ItemReader: {
    Resource: 'arn:aws:states:::s3:getObject',
    ReaderConfig: { InputType: 'JSON' },
    Parameters: { Bucket: 'files', 'Key.$': '$.items' },
  },
  ItemSelector: { of: 'map', 'id.$': '$.id', 'item.$': '$$.Map.Item.Value' },
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'Each',
    States: { Each: { ...task({ End: true }) } },
  },
  End: true,
  ...more,
});
const machine = (States: Record<string, unknown>, StartAt = Object.keys(States)[0]) =>
  readDefinition(JSON.stringify({ StartAt, States }));

interface Ran {
  readonly outcome: StatesOutcome;
  readonly payloads: readonly unknown[];
  readonly waits: readonly number[];
}

/** @param answer of the n-th invocation; an error's name where that fails */
async function run(
  definition: ReturnType<typeof machine>,
  input: unknown,
  answer: (payload: unknown, count: number) => unknown = () => ({}),
  more: Partial<StateActions> = {},
): Promise<Ran> {
  const payloads: unknown[] = [];
  const waits: number[] = [];
  const outcome = await runStates(definition, input, {
    invoke: async (_arn, payload) => answer(payload, payloads.push(payload)),
    readObject: async () => '[]',
    beginMap: () => undefined,
    wait: async (ms) => void waits.push(ms),
    ...more,
  });
  return { outcome, payloads, waits };
}
const fails = (name: string): never => {
  throw new StateError(name, 'It failed.');
};

describe('the interpreter of states', () => {
  it('gives a task its parameters and puts the answer where it belongs', async () => {
    const definition = machine({
      One: task({ Parameters: { step: 'cut', 'uploadId.$': '$.id' }, ResultPath: '$.cut.made', Next: 'Two' }),
      Two: task({ ResultPath: null, End: true }),
    });

    const { outcome, payloads } = await run(definition, { id: 'u' }, () => ({ outcome: 'done' }));

    expect(payloads[0]).toEqual({ step: 'cut', uploadId: 'u' });
    expect(outcome).toEqual({ status: 'SUCCEEDED', output: { id: 'u', cut: { made: { outcome: 'done' } } } });
  });

  it('chooses by text, and takes the default', async () => {
    const definition = machine({
      Choose: {
        Type: 'Choice',
        Choices: [{ Variable: '$.outcome', StringEquals: 'done', Next: 'Good' }],
        Default: 'Bad',
      },
      Good: { Type: 'Succeed' },
      Bad: { Type: 'Fail', Error: 'NotDone', Cause: 'It was not done.' },
    });

    expect((await run(definition, { outcome: 'done' })).outcome.status).toBe('SUCCEEDED');
    expect((await run(definition, { outcome: 'other' })).outcome).toEqual({
      status: 'FAILED',
      error: 'NotDone',
      cause: 'It was not done.',
    });
    expect((await run(definition, {})).outcome).toMatchObject({ error: 'States.ParameterPathFailure' });
  });

  it('tries again as often and as late as the state says, then goes where its error is caught', async () => {
    const definition = machine({
      Work: task({
        Retry: [
          { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 4, MaxDelaySeconds: 20 },
        ],
        Catch: [{ ErrorEquals: ['Lambda.Unknown'], ResultPath: '$.error', Next: 'Caught' }],
        End: true,
      }),
      Caught: task({ ResultPath: null, Next: 'Over' }),
      Over: { Type: 'Fail', Error: 'GivenUp' },
    });

    const { outcome, payloads, waits } = await run(definition, { id: 1 }, (_payload, count) =>
      count <= 4 ? fails('Lambda.Unknown') : {},
    );

    expect(waits).toEqual([2_000, 8_000, 20_000]);
    expect(payloads.at(-1)).toEqual({ id: 1, error: { Error: 'Lambda.Unknown', Cause: 'It failed.' } });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'GivenUp' });
  });

  it('fails with an error that nothing catches', async () => {
    const definition = machine({ Work: task({ Catch: [{ ErrorEquals: ['Other'], Next: 'Work' }], End: true }) });

    expect((await run(definition, {}, () => fails('TypeError'))).outcome).toEqual({
      status: 'FAILED',
      error: 'TypeError',
      cause: 'It failed.',
    });
  });

  it('runs a distributed map over the items of an object, so many at a time', async () => {
    let running = 0;
    let most = 0;
    const read: string[] = [];
    const { outcome, payloads } = await run(
      machine({ Map: map() }),
      { id: 'u', items: 'ranges.json' },
      async (payload) => {
        running += 1;
        most = Math.max(most, running);
        await Promise.resolve();
        running -= 1;
        return (payload as { item: { range: number } }).item.range;
      },
      {
        readObject: async (bucket, key) => {
          read.push(`${bucket}/${key}`);
          return '[{"range":0},{"range":1},{"range":2}]';
        },
      },
    );

    expect(read).toEqual(['files/ranges.json']);
    expect(payloads).toContainEqual({ of: 'map', id: 'u', item: { range: 2 } });
    expect(most).toBe(2);
    expect(outcome).toEqual({ status: 'SUCCEEDED', output: [0, 1, 2] });
  });

  it('fails a map with its first item that fails, and begins no other', async () => {
    const { outcome, payloads } = await run(
      machine({ Map: map({ MaxConcurrency: 1 }) }),
      { id: 'u', items: 'k' },
      (_payload, count) => (count === 2 ? fails('Broken') : {}),
      { readObject: async () => '[1,2,3,4]' },
    );

    expect(payloads).toHaveLength(2);
    expect(outcome).toMatchObject({
      error: 'States.ExceedToleratedFailureThreshold',
      cause: expect.stringContaining('Broken'),
    });
  });

  it.each([
    ['are no list', '{"a":1}'],
    ['are no JSON', 'range'],
  ])('fails a map whose items %s', async (_what, text) => {
    const { outcome } = await run(machine({ Map: map() }), { id: 'u', items: 'k' }, undefined, {
      readObject: async () => text,
    });

    expect(outcome).toMatchObject({ error: 'States.ItemReaderFailed' });
  });

  it('tells nothing of an execution that is stopped', async () => {
    const stop = (): never => {
      throw new StatesStoppedError('The host is stopping.');
    };
    const definition = machine({ Work: task({ Retry: [{ ErrorEquals: ['States.ALL'] }], End: true }) });

    await expect(run(definition, {}, stop)).rejects.toThrow(StatesStoppedError);
  });
});

describe('readDefinition', () => {
  it('takes the definition of plans in parts', () => {
    const definition = splitPlanDefinition({ functionArn, bucket: 'files', concurrency: 3, partition: 'aws' });

    expect(readDefinition(JSON.stringify(definition)).StartAt).toBe('Cut');
  });

  it.each([
    ['a state type that it does not run', { Work: { Type: 'Parallel', Branches: [], End: true } }, /States.Work/],
    ['a member that it does not know', { Work: task({ OutputPath: '$.a', End: true }) }, /OutputPath/],
    ['a task that is no function', { Work: task({ Resource: 'arn:aws:states:::sqs:sendMessage', End: true }) }, /ARN/],
    ['a map that is not distributed', { Map: map({ ItemProcessor: { StartAt: 'A', States: {} } }) }, /ItemProcessor/],
    ['a way to a state that is not there', { Work: task({ Next: 'Gone' }) }, /"Gone", which is not there/],
    ['a state that leads nowhere', { Work: task() }, /either Next or End/],
    ['a path with a filter', { Work: task({ ResultPath: '$.a[0]', End: true }) }, /must be a path/],
  ])('refuses %s', (_what, States, sentence) => {
    expect(() => machine(States)).toThrow(StatesDefinitionError);
    expect(() => machine(States)).toThrow(sentence);
  });

  it('refuses what is no JSON', () => {
    expect(() => readDefinition('{')).toThrow(/not JSON/);
  });
});
