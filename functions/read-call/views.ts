import type { CallView, CallRecordView } from '../../events/call-record/schema.ts';
import { instant } from '../../src/adapters/lambda/respond.ts';
import type { Attempt, Call, CallRecord } from '../../src/calls/call.ts';
import { heldBy } from '../../src/calls/held-by.ts';
import type { Decision } from '../../src/policy/types.ts';

export function callView(call: Call): CallView {
  const holder = heldBy(call);
  return {
    id: call.id,
    version: call.version,
    status: call.status,
    kind: call.kind,
    purpose: call.purpose,
    line: call.line,
    number: call.number,
    requestedAt: instant(call.requestedAtMs),
    dueAt: instant(call.dueAtMs),
    expiresAt: instant(call.expiresAtMs),
    ...(holder && { heldBy: holder }),
    ...(call.withdrawal && { withdrawal: call.withdrawal.failed ? 'failed' : call.withdrawal.plan.do }),
    ...(call.outcome && { outcome: call.outcome }),
    ...(call.endedAtMs !== undefined && { endedAt: instant(call.endedAtMs) }),
  };
}

export const callRecordView = ({ call, attempts, decisions }: CallRecord): CallRecordView => ({
  ...callView(call),
  attempts: attempts.map(attemptView),
  decisions: decisions.map(decisionView),
});

const attemptView = (attempt: Attempt): CallRecordView['attempts'][number] => ({
  id: attempt.id,
  status: attempt.status,
  claimedAt: instant(attempt.claimedAtMs),
  ...(attempt.sentAtMs !== undefined && { sentAt: instant(attempt.sentAtMs) }),
  ...(attempt.settledAtMs !== undefined && { settledAt: instant(attempt.settledAtMs) }),
  ...(attempt.taskId && { taskId: attempt.taskId }),
  ...(attempt.callbackId && { callbackId: attempt.callbackId }),
  ...(attempt.order && { window: { from: instant(attempt.order.fromMs), to: instant(attempt.order.toMs) } }),
  ...(attempt.trackingId && { trackingId: attempt.trackingId }),
  ...(attempt.detail && { detail: attempt.detail }),
  ...(attempt.outcome && { outcome: attempt.outcome }),
});

const decisionView = (decision: Decision): CallRecordView['decisions'][number] => ({
  verdict: decision.verdict,
  ...(decision.verdict === 'defer' && { until: instant(decision.untilMs) }),
  at: instant(decision.atMs),
  zones: [...decision.zones],
  jurisdictions: [...decision.jurisdictions],
  ...(decision.because && { because: decision.because }),
  rules: decision.findings.map((finding) => ({ ...finding })),
  table: decision.tableVersion,
  facts: decision.facts,
});
