import { expect, it } from 'vitest';
import { suppressNumber } from '../../../src/suppression/suppress-number.ts';
import { MemoryCalls, MemorySuppressions, SleepingClock, callOf, number, startMs } from './support.ts';

const command = { number, reason: 'asked on the phone', source: 'operator', by: 'operator:ada' };
const setUp = (calls: MemoryCalls, suppressions = new MemorySuppressions()) => ({
  suppressions,
  calls,
  clock: new SleepingClock(),
  lines: ['billing'],
});
const attempt = { callId: 'call-1', ordinal: 1, id: 'call-1.1', claimedAtMs: startMs } as const;

it('lists the number and cancels what waits', async () => {
  const deps = setUp(new MemoryCalls({ call: callOf() }));

  const suppressed = await suppressNumber(deps, command);

  expect(suppressed).toMatchObject({ cancelledCalls: 1, leftBefore: 0 });
  expect(deps.suppressions.entries.get(number)).toMatchObject({ addedBy: 'operator:ada', addedAtMs: startMs });
  expect(deps.calls.calls.get('call-1')?.call).toMatchObject({ status: 'cancelled', outcome: 'suppressed' });
});

it('counts a call that the follower of the list has cancelled first', async () => {
  const calls = new MemoryCalls({ call: callOf() });
  calls.onGet = () => {
    calls.calls.set('call-1', { call: callOf({ status: 'cancelled', outcome: 'suppressed', endedAtMs: startMs + 5 }) });
  };

  const suppressed = await suppressNumber(setUp(calls), command);

  expect(suppressed.cancelledCalls).toBe(1);
});

it('does not count a call that the person had cancelled', async () => {
  const calls = new MemoryCalls({ call: callOf() });
  calls.onGet = () => {
    calls.calls.set('call-1', {
      call: callOf({ status: 'cancelled', outcome: 'cancelled-by-person', endedAtMs: startMs + 5 }),
    });
  };

  const suppressed = await suppressNumber(setUp(calls), command);

  expect(suppressed).toMatchObject({ cancelledCalls: 0, leftBefore: 0 });
});

it('waits for a request on its way and cancels the call when it comes back to wait', async () => {
  const calls = new MemoryCalls({ call: callOf({ status: 'dialing' }), attempt: { ...attempt, status: 'sent' } });
  calls.onGet = (_callId, reads) => {
    if (reads === 5) calls.calls.set('call-1', { call: callOf({ status: 'waiting', version: 7 }) });
  };

  const suppressed = await suppressNumber(setUp(calls), command);

  expect(suppressed).toMatchObject({ cancelledCalls: 1, leftBefore: 0 });
});

it('tells of a request that does not settle within its own time-out', async () => {
  const deps = setUp(new MemoryCalls({ call: callOf({ status: 'dialing' }), attempt: { ...attempt, status: 'sent' } }));

  const suppressed = await suppressNumber(deps, command);

  expect(suppressed).toMatchObject({ cancelledCalls: 0, leftBefore: 1 });
  expect(deps.clock.nowMs() - startMs).toBeGreaterThanOrEqual(12_000);
});

it('does not wait for an attempt that is uncertain', async () => {
  const deps = setUp(
    new MemoryCalls({ call: callOf({ status: 'dialing' }), attempt: { ...attempt, status: 'uncertain' } }),
  );

  const suppressed = await suppressNumber(deps, command);

  expect(suppressed.leftBefore).toBe(1);
  expect(deps.clock.nowMs()).toBe(startMs);
});
