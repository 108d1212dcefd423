import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import type { RequestCallFailure } from '../../src/calls/request-call.ts';

export function toProblem(failure: RequestCallFailure): ProblemError {
  return failure.code === 'invalid-request'
    ? new ProblemError('invalid-request', { errors: [...failure.errors] })
    : new ProblemError(failure.code);
}
