import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { parseWith } from '../../src/adapters/lambda/parse-body.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import { json } from '../../src/adapters/lambda/respond.ts';
import { type ListSlotsDeps, listSlots } from '../../src/slots/list-slots.ts';
import { SlotsQuerySchema } from './schema.ts';

export const createHandler = (deps: ListSlotsDeps & Pick<Observability, 'logger'>) =>
  middy()
    .use(problemDetails(deps.logger))
    .handler(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
      const query = parseWith(SlotsQuerySchema, event.queryStringParameters ?? {});
      const listed = await listSlots(deps, { ...query, line: event.pathParameters?.['line'] ?? '' });
      if (!listed.ok) throw new ProblemError(listed.failure.code);
      return json(200, listed.value);
    });
