import { ProblemError, slotTakenProblem } from '../../src/adapters/lambda/problem.ts';
import type { RequestCallFailure } from '../../src/calls/request-call.ts';

export function toProblem(failure: RequestCallFailure): ProblemError {
  switch (failure.code) {
    case 'invalid-request':
      return new ProblemError('invalid-request', { errors: [...failure.errors] });
    case 'slot-taken':
      return slotTakenProblem();
    default:
      return new ProblemError(failure.code);
  }
}
