import type { Decision, DialFacts } from '../policy/types.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Call } from './call.ts';
import type { AttemptLog } from './ports.ts';

/** The facts about a call that is weighed now, from the call and from what was just read. */
export function dialFacts(
  call: Call,
  read: { lists: DialFacts['lists']; attemptLog: AttemptLog; bans: DialFacts['bans'] },
  nowMs: EpochMs,
): DialFacts {
  return {
    number: call.number,
    atMs: nowMs,
    kind: call.kind,
    purpose: call.purpose,
    ...(call.automated !== undefined && { automated: call.automated }),
    bases: call.bases,
    lists: read.lists,
    attemptsMs: read.attemptLog.attemptsMs,
    attemptsOfCall: call.placedCount,
    ...(call.customer.address && { address: call.customer.address }),
    ...(call.customer.timeZone && { browserTimeZone: call.customer.timeZone }),
    ...(call.window && { window: call.window }),
    bans: read.bans,
  };
}

/** Whether a do-not-call list made the verdict. */
export const isListed = (decision: Decision): boolean => decision.facts.lists.some((list) => list.state === 'listed');
