import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type StateMachine,
  StateError,
  type StepFunctions,
  readDefinition,
  startStepFunctions,
} from '../../../../../infra/local/services/step-functions.ts';
import { eventually } from '../../../../support/eventually.ts';

const arn = 'arn:aws:states:us-east-1:000000000000:stateMachine:plans';
const definition = readDefinition(
  JSON.stringify({
    StartAt: 'Work',
    States: { Work: { Type: 'Task', Resource: 'arn:aws:lambda:us-east-1:000000000000:function:f', End: true } },
  }),
);
let dataDir: string;
let running: StepFunctions[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ringback-states-'));
});
afterEach(async () => {
  await Promise.all(running.map((each) => each.close()));
  running = [];
  await rm(dataDir, { recursive: true, force: true });
});

const start = async (invoke: StateMachine['actions']['invoke'], problems: string[] = []): Promise<StepFunctions> => {
  const actions = { invoke, readObject: async () => '[]', beginMap: () => undefined };
  const started = await startStepFunctions({
    dataDir,
    machines: [{ arn, definition, actions }],
    onProblem: (problem) => problems.push(problem),
    clock: { nowMs: () => 1_000_000 },
  });
  running.push(started);
  return started;
};
const ask = async ({ url }: StepFunctions, operation: string, body: object) => {
  const headers = { 'x-amz-target': `AWSStepFunctions.${operation}` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await response.json()) as Record<string, unknown>;
};
const begin = (service: StepFunctions, name = 'one', input = '{"a":1}') =>
  ask(service, 'StartExecution', { stateMachineArn: arn, name, input });
const executionArn = arn.replace(':stateMachine:', ':execution:');
const ended = (service: StepFunctions, name = 'one') =>
  eventually(async () => {
    const told = await ask(service, 'DescribeExecution', { executionArn: `${executionArn}:${name}` });
    return told['status'] !== 'RUNNING' && told;
  });

describe('the stand-in for Step Functions', () => {
  it('runs an execution and tells what it came to', async () => {
    const service = await start(async (_arn, payload) => payload);

    const started = await begin(service);

    expect(started).toEqual({ executionArn: `${executionArn}:one`, startDate: 1_000 });
    expect(await ended(service)).toMatchObject({ status: 'SUCCEEDED', output: '{"a":1}', input: '{"a":1}' });
  });

  it('starts a name once: a repeat gets the execution that runs, a later one is refused', async () => {
    let invocations = 0;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const service = await start(() => {
      invocations += 1;
      return promise;
    });

    await begin(service);
    const repeated = await begin(service);
    const other = await begin(service, 'one', '{"a":2}');
    resolve({});
    await ended(service);
    const late = await begin(service);

    expect(repeated).toMatchObject({ executionArn: `${executionArn}:one` });
    expect([other['__type'], late['__type']]).toEqual(['ExecutionAlreadyExists', 'ExecutionAlreadyExists']);
    expect(invocations).toBe(1);
  });

  it('tells of an execution that failed', async () => {
    const problems: string[] = [];
    const service = await start(async () => {
      throw new StateError('Lambda.Unknown', 'It was killed.');
    }, problems);

    await begin(service);

    expect(await ended(service)).toMatchObject({ status: 'FAILED', error: 'Lambda.Unknown', cause: 'It was killed.' });
    expect(problems).toEqual([`${executionArn}:one failed: Lambda.Unknown: It was killed.`]);
  });

  it('begins an execution anew that was running when the host stopped', async () => {
    const first = await start(() => new Promise(() => undefined));
    await begin(first);
    running = [];
    await first.close();

    const second = await start(async () => 'done');
    second.resume();

    expect(await ended(second)).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
  });

  it.each([
    ['a machine that is not in the template', { stateMachineArn: `${arn}x`, name: 'one' }, 'StateMachineDoesNotExist'],
    ['a name that cannot be', { stateMachineArn: arn, name: 'a b' }, 'ValidationException'],
  ])('refuses %s', async (_what, body, code) => {
    const service = await start(async () => ({}));

    expect((await ask(service, 'StartExecution', body))['__type']).toBe(code);
  });
});
