import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context } from 'aws-lambda';
import { expect, it, vi } from 'vitest';
import { createHandler } from '../../../../functions/announce-upload/handler.ts';
import { uploadItem } from '../../../../src/adapters/dynamodb/upload-item.ts';
import type { OwnEvent } from '../../../../src/bus/ports.ts';
import type { Upload } from '../../../../src/campaigns/upload.ts';

const upload: Upload = {
  id: '0199a3c1-5f0e-7cc3-9d5b-6f1e0a7b8c00',
  campaignId: 'winter',
  status: 'waiting-for-file',
  source: { key: 'uploads/1' },
  by: 'trigger:shop',
  createdAtMs: 1_763_920_800_000,
  settings: { channels: ['Voice'], numberForm: 'e164', activationLagMinutes: 0 },
  fields: [],
  blocks: [],
  toMs: 0,
  version: 1,
};
const image = (changed: Partial<Upload> = {}) => uploadItem({ ...upload, ...changed }, 86_400_000);
const record = (sequence: string, images: object) => ({
  eventID: `event-${sequence}`,
  dynamodb: { SequenceNumber: sequence, ApproximateCreationDateTime: 1_763_920_800, ...images },
});

function setUp() {
  const told: OwnEvent[] = [];
  const handler = createHandler({
    bus: {
      publish: async (event: OwnEvent) => {
        if (event.type === 'upload.cancelled.v1') throw new Error('The bus is down.');
        told.push(event);
      },
    },
    uploads: { readBlocks: async () => [] },
    organizationId: 'org',
    clockOffsetMs: 60_000,
    logger: { info: vi.fn(), error: vi.fn() } as never,
  });
  return { told, run: (...Records: object[]) => handler({ Records }, {} as Context) };
}

it('tells the steps of uploads by the stack’s clock, and neither other items nor what is removed', async () => {
  const { run, told } = setUp();

  const answer = await run(
    record('1', { NewImage: image() }),
    record('2', { NewImage: image({ status: 'planning', version: 2 }), OldImage: image() }),
    record('3', { NewImage: marshall({ pk: 'UPLOAD#1', sk: 'BLOCK#000000' }) }),
    record('4', { OldImage: image({ status: 'finished', version: 9 }) }),
  );

  expect(told).toMatchObject([{ type: 'upload.started.v1', time: '2025-11-23T18:01:00.000Z' }]);
  expect(answer).toEqual({ batchItemFailures: [] });
});

it('has the stream go on from the first record that the bus did not take', async () => {
  const { run, told } = setUp();

  const answer = await run(
    record('1', { NewImage: image() }),
    record('7', { NewImage: image({ status: 'cancelled', version: 2 }), OldImage: image() }),
  );

  expect(told).toHaveLength(1);
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '7' }] });
});
