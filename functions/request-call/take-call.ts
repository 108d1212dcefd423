import type { AcceptedCall } from '../../src/calls/accept-call.ts';
import type { Screening } from '../../src/calls/ports.ts';
import { type RequestCallCommand, requestCall } from '../../src/calls/request-call.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { maskNumber } from '../../src/shared/mask.ts';
import type { RequestCallHandlerDeps } from './deps.ts';
import { toProblem } from './to-problem.ts';

/** Takes a call and notes it, whichever form it came by. @throws {ProblemError} */
export async function takeCall(
  deps: RequestCallHandlerDeps,
  command: RequestCallCommand,
  screening: Screening | undefined,
): Promise<AcceptedCall> {
  const requested = await requestCall(deps, command, screening);
  if (!requested.ok) throw toProblem(requested.failure);
  const { call, manageToken } = requested.value;
  deps.logger.info(logCodes.callAccepted, {
    callId: call.id,
    number: maskNumber(call.number),
    line: call.line,
    repeated: !manageToken,
  });
  return requested.value;
}
