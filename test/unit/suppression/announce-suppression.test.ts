import { expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { NumberSuppressedSchema } from '../../../events/number-suppressed/schema.ts';
import { type AnnounceSuppressionDeps, announceSuppression } from '../../../src/suppression/announce-suppression.ts';
import { MemoryCalls, SleepingClock, callOf, entryOf, number } from './support.ts';

function setUp(settings: Partial<AnnounceSuppressionDeps['settings']> = {}, calls = new MemoryCalls()) {
  const send = vi.fn(async () => undefined);
  const numberSuppressed = vi.fn<AnnounceSuppressionDeps['bus']['numberSuppressed']>(async () => undefined);
  const deps: AnnounceSuppressionDeps = {
    calls,
    clock: new SleepingClock(),
    lines: ['billing'],
    webex: { send },
    bus: { numberSuppressed },
    settings: { webexLists: [], organizationId: 'org', wholeNumbers: false, ...settings },
  };
  return { deps, send, numberSuppressed };
}

it('cancels what waits, has Webex told and tells the bus of a new entry, the number masked', async () => {
  const calls = new MemoryCalls({ call: callOf() });
  const { deps, send, numberSuppressed } = setUp({}, calls);

  const cancelled = await announceSuppression(deps, { id: 'e1', change: 'added', entry: entryOf() });

  expect(cancelled).toBe(1);
  expect(calls.calls.get('call-1')?.call.outcome).toBe('suppressed');
  expect(send).toHaveBeenCalledWith(number);
  const [event] = numberSuppressed.mock.calls[0] ?? [];
  expect(z.safeParse(NumberSuppressedSchema, event).error).toBeUndefined();
  expect(event).toMatchObject({ id: 'e1', type: 'number.suppressed.v1', data: { number: '+1415*****32' } });
  expect(JSON.stringify(event)).not.toContain(number);
});

it('shows the bus whole numbers where the settings say so', async () => {
  const { deps, numberSuppressed } = setUp({ wholeNumbers: true });

  await announceSuppression(deps, { id: 'e1', change: 'added', entry: entryOf() });

  expect(numberSuppressed.mock.calls[0]?.[0].data.number).toBe(number);
});

it('has Webex told of a removal where ours go to its lists, and tells the bus nothing', async () => {
  const { deps, send, numberSuppressed } = setUp({ webexLists: ['corporate'] });

  await announceSuppression(deps, { id: 'e2', change: 'removed', entry: entryOf() });

  expect(send).toHaveBeenCalledWith(number);
  expect(numberSuppressed).not.toHaveBeenCalled();
});

it('leaves Webex alone after a removal where no lists are named', async () => {
  const { deps, send } = setUp();

  await announceSuppression(deps, { id: 'e2', change: 'removed', entry: entryOf() });

  expect(send).not.toHaveBeenCalled();
});

it('fails where the bus cannot be told, so that the record comes again', async () => {
  const { deps, numberSuppressed } = setUp();
  numberSuppressed.mockRejectedValueOnce(new Error('The bus is down.'));

  const announced = announceSuppression(deps, { id: 'e1', change: 'added', entry: entryOf() });

  await expect(announced).rejects.toThrow('The bus is down.');
});

it('has Webex and the bus told, Webex first, where open calls cannot be looked for, and fails then', async () => {
  const calls = new MemoryCalls();
  const { deps, send, numberSuppressed } = setUp({}, calls);
  const openCallIds = vi.fn(async () => Promise.reject(new Error('The table cannot be read.')));

  const announced = announceSuppression(
    { ...deps, calls: { openCallIds, get: calls.get, commit: calls.commit } },
    { id: 'e1', change: 'added', entry: entryOf() },
  );

  await expect(announced).rejects.toThrow('The table cannot be read.');
  expect(send).toHaveBeenCalledWith(number);
  expect(numberSuppressed).toHaveBeenCalled();
  expect(send.mock.invocationCallOrder[0]).toBeLessThan(openCallIds.mock.invocationCallOrder[0] ?? 0);
});

it('cancels what waits also where Webex cannot be told yet', async () => {
  const calls = new MemoryCalls({ call: callOf() });
  const { deps, send } = setUp({}, calls);
  send.mockRejectedValueOnce(new Error('The queue is down.'));

  const announced = announceSuppression(deps, { id: 'e1', change: 'added', entry: entryOf() });

  await expect(announced).rejects.toThrow('The queue is down.');
  expect(calls.calls.get('call-1')?.call.outcome).toBe('suppressed');
});
