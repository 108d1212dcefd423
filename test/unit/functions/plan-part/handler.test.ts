import { expect, it, vi } from 'vitest';
import { createHandler } from '../../../../functions/plan-part/handler.ts';
import { splitWorld } from '../../campaigns/support/splitting.ts';

const file = `phone,name,balance,zone,id\n${'+14155550132,Ada,1,,A\n'.repeat(100)}`;
const context = { getRemainingTimeInMillis: () => 900_000 } as never;

async function setUp(text = file) {
  const world = await splitWorld(text, { rangeBytes: 500 });
  const logger = { info: vi.fn(), error: vi.fn() };
  const metrics = { addMetric: vi.fn(), publishStoredMetrics: vi.fn() };
  return { world, logger, metrics, handler: createHandler({ ...world.deps, logger, metrics } as never) };
}

it('tells the state machine of a cut where the items of its maps are', async () => {
  const { world, logger, handler } = await setUp();

  const answer = await handler({ step: 'cut', uploadId: world.id }, context);

  expect(answer).toEqual({
    outcome: 'done',
    ranges: `splits/${world.id}/ranges.json`,
    shards: `splits/${world.id}/shards.json`,
  });
  expect(logger.info).toHaveBeenCalledWith('PLAN_PART_COMPLETED', {
    uploadId: world.id,
    step: 'cut',
    outcome: 'done',
  });
});

it('tells nothing but the outcome of any other step, because a map gathers the answers', async () => {
  const { world, handler } = await setUp();
  await handler({ step: 'cut', uploadId: world.id }, context);

  expect(await handler({ step: 'numbers', uploadId: world.id, item: world.ranges()[0] }, context)).toEqual({
    outcome: 'done',
  });
});

it('counts a refused file, for the alarm', async () => {
  const { world, metrics, handler } = await setUp('');

  expect(await handler({ step: 'cut', uploadId: world.id }, context)).toEqual({ outcome: 'refused' });
  expect(metrics.addMetric).toHaveBeenCalledWith('UploadRefused', 'Count', 1);
});

it('throws for a step that there is not', async () => {
  const { world, handler } = await setUp();

  await expect(handler({ step: 'push', uploadId: world.id }, context)).rejects.toThrow();
});
