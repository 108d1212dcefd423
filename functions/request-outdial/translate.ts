import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { RequestOutdial } from '../../events/request-outdial/schema.ts';
import { idempotencyKeyOf } from '../../src/adapters/lambda/idempotency-key.ts';
import { ProblemError, slotTakenProblem } from '../../src/adapters/lambda/problem.ts';
import { outdialCommand } from '../../src/calls/outdial-command.ts';
import type { RequestOutdialCommand, RequestOutdialFailure } from '../../src/calls/request-outdial.ts';

export const toCommand = (event: APIGatewayProxyEventV2, body: RequestOutdial): RequestOutdialCommand => ({
  ...outdialCommand(body),
  idempotencyKey: idempotencyKeyOf(event),
});

/** An operator may know why a number is not called: the record of the refused call says it. */
export function toProblem(failure: RequestOutdialFailure): ProblemError {
  switch (failure.code) {
    case 'invalid-request':
      return new ProblemError('invalid-request', { errors: [...failure.errors] });
    case 'number-not-callable':
    case 'time-not-callable':
      return new ProblemError('number-not-callable', {
        detail: `The verdict, with every rule, is on record: GET /v1/calls/${failure.callId}.`,
      });
    case 'slot-taken':
      return slotTakenProblem();
    case 'idempotency-key-reused':
    case 'request-in-progress':
    // Operators pass no abuse screen, so what it says is not heard here.
    default:
      return new ProblemError(failure.code);
  }
}
