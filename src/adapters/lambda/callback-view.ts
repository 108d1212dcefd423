import type { CallbackStatus } from '../../../events/callback-status/schema.ts';
import { type Call, isFinal } from '../../calls/call.ts';
import { callAfterMs, heldBy, pendingChange, statusTold } from '../../calls/held-by.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { instant } from './respond.ts';

/** What the person who asked may know: never why a number is not callable. */
export function callbackView(call: Call, nowMs: EpochMs): CallbackStatus {
  const holder = heldBy(call);
  const pending = pendingChange(call);
  return {
    id: call.id,
    status: publicStatus(call, nowMs),
    line: call.line,
    requestedAt: instant(call.requestedAtMs),
    ...(!isFinal(call.status) && { callAfter: instant(callAfterMs(call)) }),
    ...(holder && { heldBy: holder }),
    ...(pending && { pending }),
  };
}

function publicStatus(call: Call, nowMs: EpochMs): CallbackStatus['status'] {
  const status = statusTold(call, nowMs);
  if (call.outcome === 'suppressed' || status === 'refused' || status === 'failed') return 'ended';
  return status;
}
