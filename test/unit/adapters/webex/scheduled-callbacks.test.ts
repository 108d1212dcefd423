import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { localWindow, windowProblem } from '../../../../src/adapters/webex/callback-window.ts';
import { WebexScheduledCallbacks } from '../../../../src/adapters/webex/scheduled-callbacks.ts';
import type { CallbackOrder } from '../../../../src/calls/order-gateway.ts';
import { NOW_MS, ORG_ID, type Reply, reply, stub } from './support/stub.ts';

const MINUTE_MS = 60_000;
const ORDER: CallbackOrder = {
  number: '+14155550132',
  customerName: 'Ada Lovelace',
  queueId: '123e4567-e89b-12d3-a456-426614174000',
  fromMs: Date.UTC(2026, 10, 23, 15),
  toMs: Date.UTC(2026, 10, 23, 16, 30),
  timeZone: 'America/New_York',
};
const LISTED = {
  id: 'cb-1',
  customerName: 'Ada Lovelace',
  callbackNumber: '+14155550132',
  timezone: 'America/New_York',
  scheduleDate: '2026-11-23',
  startTime: '10:00:00',
  endTime: '11:30:00',
  queueId: ORDER.queueId,
};
const list = (data: unknown[], totalPages = 1) => reply(200, { meta: { totalPages }, data });

const webex = (...replies: Reply[]) => {
  const built = stub(replies);
  return { ...built, callbacks: new WebexScheduledCallbacks(built.client) };
};

describe('an order', () => {
  test('is sent in local time of its zone', async () => {
    const { callbacks, body, requests } = webex(reply(201, { id: 'cb-1' }));

    expect(await callbacks.create({ ...ORDER, reason: 'invoice' })).toBe('cb-1');
    expect(requests[0]?.url.pathname).toBe(`/v1/callbacks/organization/${ORG_ID}/scheduled-callback`);
    expect(body(0)).toEqual({
      customerName: 'Ada Lovelace',
      callbackNumber: '+14155550132',
      timezone: 'America/New_York',
      scheduleDate: '2026-11-23',
      startTime: '10:00:00',
      endTime: '11:30:00',
      queueId: ORDER.queueId,
      callbackReason: 'invoice',
    });
  });

  test.each<[string, Partial<CallbackOrder>, string]>([
    ['a name over 250 characters', { customerName: 'x'.repeat(251) }, 'customerName'],
    ['a number of 16 characters', { number: '+123456789012345' }, 'callbackNumber'],
    ['an agent that is no UUID', { assigneeAgent: 'sam@example.com' }, 'assigneeAgent'],
    ['a start in 29 minutes', { fromMs: NOW_MS + 29 * MINUTE_MS, toMs: NOW_MS + 90 * MINUTE_MS }, 'window'],
  ])('with %s is refused here by its field', async (_name, over, field) => {
    const { callbacks, requests } = webex(reply(201, { id: 'x' }));

    await expect(callbacks.create({ ...ORDER, ...over })).rejects.toMatchObject({ code: 'request-not-valid', field });
    expect(requests).toHaveLength(0);
  });

  test('is not sent twice after a failure, whose effect is told as unknown', async () => {
    const { callbacks, requests } = webex(reply(500));

    await expect(callbacks.create(ORDER)).rejects.toMatchObject({ processed: 'unknown' });
    expect(requests).toHaveLength(1);
  });
});

describe('the window', () => {
  const at = (leadMinutes: number, lengthMinutes: number) => ({
    fromMs: NOW_MS + leadMinutes * MINUTE_MS,
    toMs: NOW_MS + (leadMinutes + lengthMinutes) * MINUTE_MS,
    timeZone: 'UTC',
  });
  test.each([
    ['the earliest and shortest', 30, 30, undefined],
    ['the longest', 30, 480, undefined],
    ['the farthest', 31 * 1_440, 60, undefined],
    ['too early', 29.9, 60, 'must start at least 30 minutes from now'],
    ['too far', 31 * 1_440 + 1, 60, 'must start within 31 days'],
    ['too short', 60, 29, 'must be at least 30 minutes long'],
    ['too long', 60, 481, 'must be at most 8 hours long'],
    ['past midnight', 690, 60, 'must end on the day it starts, in its time zone'],
  ])('%s', (_name, lead, length, problem) => {
    expect(windowProblem(at(lead, length), NOW_MS)).toBe(problem);
  });

  test('is judged by the day of its own zone', () => {
    const window = { fromMs: Date.UTC(2026, 10, 23, 23, 30), toMs: Date.UTC(2026, 10, 24, 0, 30) };

    expect(windowProblem({ ...window, timeZone: 'America/New_York' }, NOW_MS)).toBeUndefined();
    expect(windowProblem({ ...window, timeZone: 'UTC' }, NOW_MS)).toContain('on the day');
  });

  test('is refused where clocks are set back so that it seems to end before it starts', () => {
    // New York, 2026-11-01: 01:45 EDT to 01:20 EST.
    const window = {
      fromMs: Date.UTC(2026, 10, 1, 5, 45),
      toMs: Date.UTC(2026, 10, 1, 6, 20),
      timeZone: 'America/New_York',
    };

    expect(windowProblem(window, Date.UTC(2026, 9, 31))).toContain('set back');
  });

  test('that is accepted is at least 30 minutes and at most 8 hours by the local clock, but for a change of clocks', () => {
    const zones = fc.constantFrom('Asia/Kolkata', 'Asia/Tokyo', 'UTC', 'Africa/Lagos', 'America/Phoenix');
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50_000 }),
        fc.integer({ min: 0, max: 600 }),
        zones,
        (lead, length, timeZone) => {
          const window = { ...at(lead, length), timeZone };
          fc.pre(windowProblem(window, NOW_MS) === undefined);
          const { startTime, endTime } = localWindow('x', window, NOW_MS);
          const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
          return minutes(endTime) - minutes(startTime) === length;
        },
      ),
    );
  });
});

describe('a callback', () => {
  test('that an unanswered order made is found by number and window', async () => {
    const { callbacks, requests } = webex(list([{ ...LISTED, id: 'other', startTime: '12:00:00' }, LISTED]));

    expect(await callbacks.find(ORDER)).toMatchObject({ id: 'cb-1' });
    expect(requests[0]?.url.searchParams.get('callbackNumber')).toBe('+14155550132');
  });

  test('that no order made is not found', async () => {
    const { callbacks } = webex(list([{ ...LISTED, scheduleDate: '2026-11-24' }]));

    expect(await callbacks.find(ORDER)).toBeUndefined();
  });

  test('is found when its window is near, where Webex would take no new order', async () => {
    const { callbacks, advance } = webex(list([LISTED]));
    advance(ORDER.fromMs - 5 * MINUTE_MS - NOW_MS);

    expect(await callbacks.find(ORDER)).toMatchObject({ id: 'cb-1' });
  });

  test('is found under another name of its zone', async () => {
    const { callbacks } = webex(list([{ ...LISTED, timezone: 'US/Eastern' }]));

    expect(await callbacks.find(ORDER)).toMatchObject({ id: 'cb-1' });
  });

  test('of another call is not taken: it is older than the order, or another agent’s', async () => {
    const sinceMs = NOW_MS - 120_000;
    const older = { ...LISTED, id: 'older', createdTimestamp: sinceMs - 1 };
    const assigned = { ...LISTED, id: 'assigned', assigneeAgent: '9a1e63c4-5a8d-4f27-8b4e-2d8f7f3a6b10' };
    const { callbacks } = webex(list([older, assigned, { ...LISTED, createdTimestamp: sinceMs }]));

    expect(await callbacks.find(ORDER, sinceMs)).toMatchObject({ id: 'cb-1' });
  });

  test('is found on a later page', async () => {
    const { callbacks, requests } = webex(list([], 2), list([LISTED], 2));

    expect(await callbacks.byNumber('+14155550132')).toHaveLength(1);
    expect(requests.map((request) => request.url.searchParams.get('page'))).toEqual(['0', '1']);
  });

  test('is updated whole, with its id in the body as well', async () => {
    const { callbacks, requests, body } = webex(reply(200, {}));

    await callbacks.update('cb-1', ORDER);

    expect(requests[0]?.method).toBe('PUT');
    expect(body(0)).toMatchObject({ id: 'cb-1', scheduleDate: '2026-11-23' });
  });

  test('that is gone is told as gone', async () => {
    const { callbacks } = webex(reply(404));

    expect(await callbacks.get('cb-1')).toBeUndefined();
    expect(await callbacks.remove('cb-1')).toBe(false);
  });

  test('is removed', async () => {
    expect(await webex(reply(204)).callbacks.remove('cb-1')).toBe(true);
  });
});
