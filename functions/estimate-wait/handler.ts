import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import { json } from '../../src/adapters/lambda/respond.ts';
import { type WaitOfLineDeps, waitOfLine } from '../../src/waits/wait-of-line.ts';

export const createHandler = (deps: WaitOfLineDeps & Pick<Observability, 'logger'>) =>
  middy()
    .use(problemDetails(deps.logger))
    .handler(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
      const estimated = await waitOfLine(deps, event.pathParameters?.['line'] ?? '');
      if (!estimated.ok) throw new ProblemError(estimated.failure.code);
      const { wait, freshMs } = estimated.value;
      return json(200, wait, { 'cache-control': `public, max-age=${Math.floor(freshMs / 1_000)}` });
    });
