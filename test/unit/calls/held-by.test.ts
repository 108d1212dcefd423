import { describe, expect, it } from 'vitest';
import { callView } from '../../../functions/read-call/views.ts';
import { callbackView } from '../../../src/adapters/lambda/callback-view.ts';
import { CallViewSchema } from '../../../events/call-record/schema.ts';
import { CallbackStatusSchema } from '../../../events/callback-status/schema.ts';
import type { Call, WithdrawalPlan } from '../../../src/calls/call.ts';
import { sampleCall } from './bench.ts';
import { heldCall, hourMs, plannedCall, startMs, window } from './order-bench.ts';

const id = '0199a3c1-5f0e-7cc3-9d5b-6f1e0a7b8c9d';
const view = (changed: Partial<Call>, nowMs = startMs) =>
  CallbackStatusSchema.parse(callbackView(sampleCall({ id, ...changed }), nowMs));
const asked = (plan: WithdrawalPlan): Partial<Call> => ({ ...heldCall, withdrawal: { askedAtMs: startMs, plan } });
const callAfter = new Date(window.fromMs).toISOString();

describe('what a person sees of a call that Webex holds', () => {
  it.each<[string, Partial<Call>]>([
    ['before it is ordered', { ...plannedCall, status: 'accepted' }],
    ['while it is ordered', { ...plannedCall, status: 'dialing' }],
    ['once Webex has the order', heldCall],
  ])('is a call that waits for its time, %s', (_when, call) => {
    expect(view(call)).toMatchObject({ heldBy: 'webex', callAfter });
    expect(['accepted', 'waiting']).toContain(view(call).status);
  });

  it('is a call on its way once the window has begun', () => {
    expect(view(heldCall, window.fromMs).status).toBe('placed');
  });

  it('says what Webex has not confirmed yet, and nothing once it was too late', () => {
    const later = { fromMs: window.fromMs + hourMs, toMs: window.toMs + hourMs };
    const cancel = asked({ do: 'cancel', by: 'person' });

    expect(view(cancel)).toMatchObject({ status: 'waiting', pending: 'cancel', callAfter });
    expect(view(asked({ do: 'move', window: later, expiresAtMs: later.toMs }))).toMatchObject({
      pending: 'move',
      callAfter: new Date(later.fromMs).toISOString(),
    });
    expect(
      view({ ...cancel, withdrawal: { askedAtMs: startMs, plan: { do: 'cancel', by: 'person' }, failed: true } }),
    ).toMatchObject({
      status: 'placed',
      callAfter,
    });
  });

  it.each<WithdrawalPlan>([{ do: 'hold' }, { do: 'cancel', by: 'suppression' }])(
    'does not tell of %j, as an operator does',
    (plan) => {
      const call = asked(plan);

      expect(view(call)).not.toHaveProperty('pending');
      expect(CallViewSchema.parse(callView(sampleCall({ id, ...call })))).toMatchObject({ withdrawal: plan.do });
    },
  );

  it('names no holder where no time was wished for', () => {
    expect(view({})).not.toHaveProperty('heldBy');
  });
});
