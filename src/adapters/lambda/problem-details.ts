import type { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { logCodes } from '../../shared/log-codes.ts';
import { ProblemError, problemResponse, problemStatus } from './problem.ts';

/** Answers whatever was thrown as problem details: what is known by its code, the rest as a 500 without internals. */
export function problemDetails(
  logger: Pick<Logger, 'info' | 'error'>,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    name: 'problem-details',
    onError: (request) => {
      const { error } = request;
      const problem = error instanceof ProblemError ? error : new ProblemError('internal-error', { cause: error });
      if (problemStatus(problem.code) < 500) {
        logger.info(logCodes.requestRefused, { problem: problem.code, route: request.event.routeKey });
      } else {
        logger.error(logCodes.requestFailed, {
          route: request.event.routeKey,
          error: error instanceof Error ? error : undefined,
        });
      }
      request.response = problemResponse(problem);
    },
  };
}
