import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FunctionDefinition } from '../../../../../../infra/local/runtime/functions/definition.ts';
import { FunctionLog } from '../../../../../../infra/local/runtime/functions/function-log.ts';
import { FunctionPool } from '../../../../../../infra/local/runtime/functions/function-pool.ts';

const HANDLER = `
let count = 0;
export const handler = async (event, context) => {
  count += 1;
  if (event.say) console.log(event.say);
  if (event.throw) throw new TypeError(event.throw);
  if (event.exit !== undefined) process.exit(event.exit);
  if (event.spin) for (;;);
  if (event.sleepMs) await new Promise((resolve) => setTimeout(resolve, event.sleepMs));
  return { pid: process.pid, count, name: process.env.NAME, path: process.env.PATH, remaining: context.getRemainingTimeInMillis(), requestId: context.awsRequestId };
};
`;

describe('the processes of a function', () => {
  let folder: string;
  let pool: FunctionPool;

  const start = async (more: Partial<FunctionDefinition> = {}, code = HANDLER): Promise<void> => {
    await writeFile(join(folder, 'index.mjs'), code);
    const definition: FunctionDefinition = {
      name: 'Stack-fn',
      shortName: 'fn',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:Stack-fn',
      directory: folder,
      handler: 'index.handler',
      timeoutMs: 2_000,
      memoryMb: 128,
      concurrencyMax: 2,
      environment: { NAME: 'value' },
      principal: {
        accessKeyId: 'K',
        functionName: 'Stack-fn',
        roleArn: 'arn:aws:iam::000000000000:role/r',
        statements: [],
      },
      ...more,
    };
    pool = new FunctionPool(definition, new FunctionLog(folder, 'fn'));
  };
  const answer = async (event: object): Promise<Record<string, unknown>> => {
    const outcome = await pool.invoke(event);
    if (outcome.outcome !== 'answered') throw new Error(JSON.stringify(outcome));
    return outcome.payload as Record<string, unknown>;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ringback-pool-'));
  });
  afterEach(async () => {
    await pool.close();
    await rm(folder, { recursive: true });
  });

  it('uses a warm process again, and gives it nothing but its own environment', async () => {
    await start();

    const first = await answer({});
    const second = await answer({});

    expect(second).toMatchObject({ pid: first['pid'], count: 2, name: 'value' });
    expect(second).not.toHaveProperty('path');
    expect(second['remaining']).toBeGreaterThan(1_000);
    expect(second['requestId']).not.toBe(first['requestId']);
  });

  it('runs as many events at a time as the concurrency allows, and the others after them', async () => {
    await start({ concurrencyMax: 2 });

    const answers = await Promise.all([1, 2, 3, 4].map(() => answer({ sleepMs: 50 })));

    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(2);
  });

  it('throttles at once where the concurrency is none', async () => {
    await start({ concurrencyMax: 0 });

    expect(await pool.invoke({})).toMatchObject({ outcome: 'throttled' });
  });

  it('tells what the function threw and keeps its process', async () => {
    await start();
    const { pid } = await answer({});

    const outcome = await pool.invoke({ throw: 'no' });

    expect(outcome).toMatchObject({ outcome: 'error', errorType: 'TypeError', errorMessage: 'no' });
    expect((await answer({}))['pid']).toBe(pid);
  });

  it('ends a process that is over its time, even one that never yields, and goes on with a new one', async () => {
    await start({ timeoutMs: 200 });
    const { pid } = await answer({});

    const outcome = await pool.invoke({ spin: true });

    expect(outcome).toMatchObject({
      outcome: 'timed-out',
      errorMessage: expect.stringMatching(/Task timed out after 0\.20 seconds$/),
    });
    expect((await answer({}))['pid']).not.toBe(pid);
  });

  it('tells that a process ended and goes on with a new one', async () => {
    await start();

    const outcome = await pool.invoke({ exit: 7 });

    expect(outcome).toMatchObject({ outcome: 'crashed', errorMessage: expect.stringContaining('exit status 7') });
    expect(await answer({})).toMatchObject({ count: 1 });
  });

  it('gives the events that wait for a process that ended to a new one', async () => {
    await start({ concurrencyMax: 1 });

    const [crashed, waiting] = await Promise.all([pool.invoke({ exit: 1 }), pool.invoke({})]);

    expect([crashed.outcome, waiting.outcome]).toEqual(['crashed', 'answered']);
  });

  it('tells why a bundle cannot be loaded, each time anew', async () => {
    await start({}, 'throw new RangeError("TABLE is missing");');

    const outcomes = [await pool.invoke({}), await pool.invoke({})];

    expect(outcomes).toEqual(
      Array(2).fill(
        expect.objectContaining({ outcome: 'error', errorType: 'RangeError', errorMessage: 'TABLE is missing' }),
      ),
    );
  });

  it('tells that the bundle does not export the handler', async () => {
    await start({ handler: 'index.other' });

    expect(await pool.invoke({})).toMatchObject({
      outcome: 'error',
      errorMessage: 'index.other is undefined or not exported.',
    });
  });

  it('keeps what the function says, and how it failed, in its log', async () => {
    await start();

    await answer({ say: 'hello from the function' });
    await pool.invoke({ throw: 'no' });

    const log = await readFile(join(folder, 'fn.log'), 'utf8');
    expect(log).toContain('hello from the function\n');
    expect(log).toContain('"errorType":"TypeError"');
  });

  it('answers a warm invocation within 2 ms of overhead', async () => {
    await start();
    for (let round = 0; round < 50; round += 1) await answer({});

    const durations = [];
    for (let round = 0; round < 101; round += 1) {
      const startedAt = performance.now();
      await answer({});
      durations.push(performance.now() - startedAt);
    }

    expect(durations.toSorted((a, b) => a - b)[50]).toBeLessThan(2);
  });
});
