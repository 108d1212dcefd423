import { timingSafeEqual } from 'node:crypto';
import { sha256 } from '../shared/digest.ts';
import type { Call, CallRecord } from './call.ts';
import type { CallStore } from './ports.ts';

export interface ReadCallDeps {
  readonly calls: Pick<CallStore, 'get' | 'record' | 'findByNumber'>;
}

/** How many calls of a number an operator sees at once, newest first. */
export const callsShownMax = 100;

/** A callback for the holder of its manage token; a wrong token and an unknown id look the same. */
export async function readCallback(deps: ReadCallDeps, callId: string, manageToken: string): Promise<Call | undefined> {
  const found = await deps.calls.get(callId);
  return found && holdsToken(found.call, manageToken) ? found.call : undefined;
}

/** Whether a manage token belongs to a call, compared in constant time. */
export function holdsToken(call: Call, manageToken: string): boolean {
  if (!call.manageTokenSha256 || !manageToken) return false;
  return timingSafeEqual(Buffer.from(call.manageTokenSha256), Buffer.from(sha256(manageToken)));
}

/** Everything on record about a call: attempts, decisions, facts. */
export const readCallRecord = (deps: ReadCallDeps, callId: string): Promise<CallRecord | undefined> =>
  deps.calls.record(callId);

export const findCalls = (deps: ReadCallDeps, number: string): Promise<readonly Call[]> =>
  deps.calls.findByNumber(number, callsShownMax);
