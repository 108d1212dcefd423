import type { OutboundRequested } from '../../events/outbound-requested/schema.ts';
import { outdialCommand } from '../calls/outdial-command.ts';
import { type RequestOutdialDeps, type RequestOutdialFailure, requestOutdial } from '../calls/request-outdial.ts';
import type { AcceptedCall } from '../calls/accept-call.ts';
import type { Result } from '../shared/result.ts';

/** Longer than EventBridge and the queue together keep an event: a day and four. */
const knownMs = 7 * 86_400_000;

/** Takes another system's event that asks for an outdial. The same source and id ask once, however often the event comes. */
export const takeRequest = (
  deps: RequestOutdialDeps,
  { source, id, data }: OutboundRequested,
): Promise<Result<AcceptedCall, RequestOutdialFailure>> =>
  requestOutdial(deps, {
    ...outdialCommand(data),
    // A line break stands in no header, so no `Idempotency-Key` is ever the same.
    identity: { key: `event\n${JSON.stringify([source, id])}`, request: JSON.stringify(data), keptMs: knownMs },
  });
