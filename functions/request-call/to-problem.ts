import { ProblemError, slotTakenProblem } from '../../src/adapters/lambda/problem.ts';
import type { RequestCallFailure } from '../../src/calls/request-call.ts';
import { screenProblem } from './screening.ts';

export function toProblem(failure: RequestCallFailure): ProblemError {
  switch (failure.code) {
    case 'invalid-request':
      return new ProblemError('invalid-request', { errors: [...failure.errors] });
    case 'slot-taken':
      return slotTakenProblem();
    case 'number-not-callable':
    case 'idempotency-key-reused':
    case 'request-in-progress':
      return new ProblemError(failure.code);
    default:
      return screenProblem(failure);
  }
}
