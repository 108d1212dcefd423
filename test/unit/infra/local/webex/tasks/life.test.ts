import { describe, expect, it } from 'vitest';
import { SettingsSchema } from '../../../../../../infra/local/webex/settings.ts';
import { orderedPlan, phaseAt, planTask, taskApiStatus } from '../../../../../../infra/local/webex/tasks/life.ts';

const settings = (changes: object) =>
  SettingsSchema.parse({ tasks: { connectAfterMs: 100, endAfterMs: 50, ...changes } }).tasks;

describe('the life of a task', () => {
  it('connects and ends by itself', () => {
    const plan = planTask(settings({}), '+14155550132', 1_000);

    expect([1_000, 1_100, 1_149, 1_150].map((atMs) => phaseAt(plan, atMs))).toEqual([
      'created',
      'connected',
      'connected',
      'ended',
    ]);
    expect(taskApiStatus(plan, 1_150)).toBe('completed');
  });

  it('ends without a connection when its number is set to unanswered', () => {
    const plan = planTask(
      settings({ outcomes: [{ number: '+14155550132', outcome: 'unanswered' }] }),
      '+14155550132',
      1_000,
    );

    expect([1_049, 1_050].map((atMs) => phaseAt(plan, atMs))).toEqual(['created', 'ended']);
    expect(taskApiStatus(plan, 1_050)).toBe('abandoned');
  });

  it('stays as created for ever when nothing is automatic', () => {
    const plan = planTask(settings({ automatic: false }), '+14155550132', 1_000);

    expect(phaseAt(plan, Number.MAX_SAFE_INTEGER)).toBe('created');
  });

  it('keeps the instant of the connection when it is ended by order', () => {
    const connected = orderedPlan({ outcome: null, connectAtMs: null, endAtMs: null }, { status: 'connected' }, 2_000);

    const ended = orderedPlan(connected, { status: 'ended', outcome: 'connected' }, 3_000);

    expect(ended).toEqual({ outcome: 'connected', connectAtMs: 2_000, endAtMs: 3_000 });
  });

  it('was never connected when it is ended as busy', () => {
    const plan = planTask(settings({}), '+14155550132', 1_000);

    expect(orderedPlan(plan, { status: 'ended', outcome: 'busy' }, 1_010)).toEqual({
      outcome: 'busy',
      connectAtMs: null,
      endAtMs: 1_010,
    });
  });
});
