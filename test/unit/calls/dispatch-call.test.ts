import { describe, expect, test } from 'vitest';
import type { Call } from '../../../src/calls/call.ts';
import { type DispatchCallDeps, dispatchCall } from '../../../src/calls/dispatch-call.ts';
import type { Change } from '../../../src/calls/lifecycle.ts';
import type { TaskAnswer, TaskRequest } from '../../../src/calls/task-gateway.ts';
import type { Decision } from '../../../src/policy/types.ts';
import settings from '../../../ringback.config.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 20);
const CALL: Call = {
  id: '0199a3c1-5f0e-7cc3-9d5b-6f1e0a7b8c9d',
  version: 1,
  status: 'accepted',
  kind: 'outdial',
  purpose: 'service',
  line: 'billing',
  number: '+14155550132',
  requestedAtMs: NOW_MS,
  dueAtMs: NOW_MS,
  expiresAtMs: NOW_MS + 3_600_000,
  attemptCount: 0,
  placedCount: 0,
  bases: [],
  customer: {},
  attributes: { invoice: '4411' },
};
const ALLOWED = { verdict: 'allow', findings: [], zones: [], jurisdictions: [] } as unknown as Decision;

/** A ledger that takes every change, and a Webex that does what the test says. */
function build(createTask: (request: TaskRequest) => Promise<TaskAnswer>) {
  const changes: Change[] = [];
  const faults: unknown[] = [];
  const asked: TaskRequest[] = [];
  const calls = {
    get: async () => ({ call: CALL }),
    commit: async (change: Change) => {
      changes.push(change);
      return 'committed';
    },
  } as unknown as DispatchCallDeps['calls'];
  const deps: DispatchCallDeps = {
    calls,
    facts: {
      read: async (number) => ({ lists: [], attemptLog: { number, attemptsMs: [], version: 0 }, bans: [] }),
    },
    decide: () => ALLOWED,
    tasks: {
      createTask: async (request) => {
        asked.push(request);
        return createTask(request);
      },
      findTask: async () => undefined,
    },
    clock: { nowMs: () => NOW_MS, sleep: async () => undefined },
    settings,
    reportFault: (error) => void faults.push(error),
  };
  return { deps, changes, faults, asked };
}

describe('the request to Webex', () => {
  test('bears the kind of the call and the flow variables beside the line’s own', async () => {
    const { deps, asked } = build(async () => ({ outcome: 'placed', taskId: 'task-1' }));

    await dispatchCall(deps, CALL.id);

    expect(asked[0]).toMatchObject({
      kind: 'outdial',
      attributes: { ringback_line: 'billing', invoice: '4411', ringback_attempt: `${CALL.id}.1` },
    });
  });

  test('leaves the attempt uncertain whatever is thrown, because it may have left', async () => {
    const fault = new TypeError('broken');
    const { deps, changes, faults } = build(() => Promise.reject(fault));

    expect(await dispatchCall(deps, CALL.id)).toBe('uncertain');

    expect(changes.at(-1)?.attempt?.next).toMatchObject({ status: 'uncertain', detail: 'fault: TypeError' });
    expect(faults).toEqual([fault]);
  });

  test.each([
    [{ outcome: 'rejected', status: 400, words: 'Invalid origin' }, 'Webex answered 400: Invalid origin'],
    [
      { outcome: 'rejected', words: 'origin must not be empty' },
      'Not sent, because Webex would refuse it: origin must not be empty',
    ],
  ] as const)('keeps the words of %j', async (answer, detail) => {
    const { deps, changes } = build(async () => answer);

    expect(await dispatchCall(deps, CALL.id)).toBe('rejected');

    expect(changes.at(-1)?.attempt?.next).toMatchObject({ status: 'rejected', detail });
  });
});

describe('a call that has to wait', () => {
  const hour = 3_600_000;

  test.each([
    ['a ban holds it longest, which may be lifted', 'emergency:flood', 30 * hour, hour],
    ['a ban that is over soon holds it', 'emergency:flood', hour / 2, hour / 2],
    ['its hours hold it longest', 'fed-hours', 30 * hour, 30 * hour],
  ])('is weighed again when %s', async (_what, because, lawfulInMs, dueInMs) => {
    const { deps, changes, asked } = build(() => Promise.reject(new Error('not to be sent')));
    const decision = { ...ALLOWED, verdict: 'defer', untilMs: NOW_MS + lawfulInMs, because } as Decision;
    const call = { ...CALL, expiresAtMs: NOW_MS + 100 * hour };

    const outcome = await dispatchCall(
      { ...deps, decide: () => decision, calls: { ...deps.calls, get: async () => ({ call }) } },
      CALL.id,
    );

    expect([outcome, asked]).toEqual(['deferred', []]);
    expect(changes).toMatchObject([{ call: { status: 'waiting', dueAtMs: NOW_MS + dueInMs }, decision }]);
  });
});
