import type { Context } from 'aws-lambda';
import { expect, it, vi } from 'vitest';
import { createHandler } from '../../../../functions/announce-suppression/handler.ts';
import { suppressionItem } from '../../../../src/adapters/dynamodb/suppression-store.ts';
import { MemoryCalls, SleepingClock, entryOf } from '../../suppression/support.ts';

const image = suppressionItem(entryOf()) as never;
const record = (sequence: string, sk: string, images: object) => ({
  eventID: `event-${sequence}`,
  dynamodb: { SequenceNumber: sequence, Keys: { pk: { S: '+14155550132' }, sk: { S: sk } }, ...images },
});

function setUp() {
  const told: string[] = [];
  const handler = createHandler({
    calls: new MemoryCalls(),
    clock: new SleepingClock(),
    lines: ['billing'],
    webex: { send: async () => undefined },
    bus: {
      numberSuppressed: async ({ id }: { id: string }) => {
        if (id === 'event-3') throw new Error('The bus is down.');
        told.push(id);
      },
    },
    settings: { webexLists: [], organizationId: 'org', wholeNumbers: false },
    logger: { info: vi.fn(), error: vi.fn() },
  } as never);
  const run = (...Records: object[]) => handler({ Records }, {} as Context);
  return { run, told };
}

it('announces an entry that is new, and neither one that replaces another nor a ban or its history', async () => {
  const { run, told } = setUp();

  const answer = await run(
    record('1', 'internal', { NewImage: image }),
    record('2', 'internal', { NewImage: image, OldImage: image }),
    record('4', 'history#17', { NewImage: image }),
    record('5', 'ALL', { NewImage: { bans: { L: [] } } }),
  );

  expect(told).toEqual(['event-1']);
  expect(answer).toEqual({ batchItemFailures: [] });
});

it('has the stream go on from the first record that could not be announced', async () => {
  const { run } = setUp();

  const answer = await run(record('1', 'internal', { NewImage: image }), record('3', 'internal', { NewImage: image }));

  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '3' }] });
});
