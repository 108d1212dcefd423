import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context } from 'aws-lambda';
import { expect, it, vi } from 'vitest';
import { createHandler } from '../../../../functions/announce-call/handler.ts';
import { callItem } from '../../../../src/adapters/dynamodb/call-item.ts';
import type { OwnEvent } from '../../../../src/bus/ports.ts';
import type { Call } from '../../../../src/calls/call.ts';
import { sampleCall } from '../../calls/bench.ts';

const image = (changed: Partial<Call>) => callItem(sampleCall(changed), 86_400_000);
const record = (sequence: string, images: object, keys: object = { pk: { S: 'CALL#call-1' }, sk: { S: 'CALL' } }) => ({
  eventID: `event-${sequence}`,
  dynamodb: { SequenceNumber: sequence, ApproximateCreationDateTime: 1_763_920_800, Keys: keys, ...images },
});

function setUp() {
  const told: OwnEvent[] = [];
  const handler = createHandler({
    bus: {
      publish: async (event: OwnEvent) => {
        if (event.id === 'call-1-v4') throw new Error('The bus is down.');
        told.push(event);
      },
    },
    settings: { organizationId: 'org', wholeNumbers: false },
    clockOffsetMs: 60_000,
    logger: { info: vi.fn(), error: vi.fn() } as never,
  });
  const run = (...Records: object[]) => handler({ Records }, {} as Context);
  return { run, told };
}

it('tells the steps of calls, and neither other items nor what is removed', async () => {
  const { run, told } = setUp();

  const answer = await run(
    record('1', { NewImage: image({}) }),
    record('2', { NewImage: image({ status: 'waiting', version: 2 }), OldImage: image({}) }),
    record('3', { NewImage: marshall({ pk: 'CALL#call-1', sk: 'ATTEMPT#0001' }) }),
    record('4', { OldImage: image({ status: 'completed', version: 5 }) }),
  );

  expect(told).toMatchObject([{ type: 'call.requested.v1', time: '2025-11-23T18:01:00.000Z' }]);
  expect(answer).toEqual({ batchItemFailures: [] });
});

it('has the stream go on from the first record that the bus did not take', async () => {
  const { run } = setUp();
  const placed = image({ status: 'placed', version: 4 });

  const answer = await run(
    record('1', { NewImage: image({}) }),
    record('7', { NewImage: placed, OldImage: image({ status: 'dialing', version: 3 }) }),
  );

  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '7' }] });
});
