import type { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { expect, it, vi } from 'vitest';
import type { NumberSuppressed } from '../../../../events/number-suppressed/schema.ts';
import { EventBridgeSuppressionBus } from '../../../../src/adapters/eventbridge/suppression-bus.ts';

const time = '2026-11-20T18:00:00.000Z';
const event: NumberSuppressed = {
  specversion: '1.0',
  id: 'e1',
  source: 'urn:ringback:org',
  type: 'number.suppressed.v1',
  time,
  datacontenttype: 'application/json',
  data: { number: '+1415*****32', list: 'internal', source: 'operator', addedBy: 'operator:ada', addedAt: time },
};

it('puts the CloudEvent on the bus under its type', async () => {
  const send = vi.fn(async (_command: PutEventsCommand) => ({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] }));

  await new EventBridgeSuppressionBus({ send } as never, 'bus').numberSuppressed(event);

  const [entry] = send.mock.calls[0]?.[0].input.Entries ?? [];
  expect(entry).toMatchObject({ EventBusName: 'bus', Source: 'ringback', DetailType: 'number.suppressed.v1' });
  expect(JSON.parse(entry?.Detail ?? '')).toEqual(event);
});

it('fails where EventBridge takes the request but not the event', async () => {
  const answer = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'try again' }] };

  const told = new EventBridgeSuppressionBus({ send: async () => answer } as never, 'bus').numberSuppressed(event);

  await expect(told).rejects.toThrow('EventBridge refused number.suppressed.v1: InternalFailure try again');
});

it('fails for the event that EventBridge refused among others, and for no other', async () => {
  const answer = { FailedEntryCount: 1, Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException' }] };
  const bus = new EventBridgeSuppressionBus({ send: async () => answer } as never, 'bus');

  const told = await Promise.allSettled([bus.numberSuppressed(event), bus.numberSuppressed({ ...event, id: 'e2' })]);

  expect(told.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
});
