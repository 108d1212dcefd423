import { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../../functions/run-schedule/handler.ts';
import { ScheduleWorld, key, nineMs } from '../../campaigns/schedules/support/schedule-world.ts';

const eventOf = (...bodies: readonly unknown[]) =>
  ({
    Records: bodies.map((body, index) => ({ messageId: String(index), body: JSON.stringify(body) })),
  }) as unknown as SQSEvent;

async function start() {
  const world = new ScheduleWorld();
  await world.create();
  world.put('a.csv');
  world.nowMs = nineMs;
  const handler = createHandler({ ...world.deps, logger: new Logger({ logLevel: 'SILENT' }) });
  return { world, send: async (...bodies: unknown[]) => handler(eventOf(...bodies), {} as Context) };
}

describe('run-schedule', () => {
  it('runs what the message of EventBridge Scheduler names', async () => {
    const { world, send } = await start();

    // As EventBridge writes a time: without milliseconds.
    const answer = await send({ ...world.planned(nineMs), plannedAt: '2026-11-23T14:00:00Z' });

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(world.taken()).toEqual(['a.csv']);
    expect(world.history()).toMatchObject([{ id: '2026-11-23T14:00:00.000Z' }]);
  });

  it('has a message come again whose run broke off', async () => {
    const { world, send } = await start();
    world.broken.add('files/spring-offers/a.csv');

    const answer = await send(world.planned(nineMs));

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '0' }] });
  });

  it('gives up what is no message of ours', async () => {
    const { world, send } = await start();

    const answer = await send({
      campaign: key.campaignId,
      schedule: key.name,
      plannedAt: '<aws.scheduler.scheduled-time>',
    });

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '0' }] });
    expect(world.runs.size).toBe(0);
  });
});
