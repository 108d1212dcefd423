import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { CheckNumbersSchema, SuppressNumberSchema, UnsuppressNumberSchema } from '../../events/suppression/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { operatorOf } from '../../src/adapters/lambda/operator.ts';
import { parseBody } from '../../src/adapters/lambda/parse-body.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { json, noContent } from '../../src/adapters/lambda/respond.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { maskNumber } from '../../src/shared/mask.ts';
import { type SuppressNumberDeps, suppressNumber } from '../../src/suppression/suppress-number.ts';
import { numberToFind, numberToList, numbersInBody, suppressionView } from './translate.ts';

export type Deps = SuppressNumberDeps & Pick<Observability, 'logger'>;

export const createHandler = (deps: Deps) =>
  middy()
    .use(problemDetails(deps.logger))
    .handler(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
      switch (event.routeKey) {
        case 'PUT /v1/suppressions/{number}':
          return put(deps, event);
        case 'GET /v1/suppressions/{number}':
          return get(deps, event);
        case 'DELETE /v1/suppressions/{number}':
          return remove(deps, event);
        case 'POST /v1/suppressions/check':
          return check(deps, event);
        default:
          throw new ProblemError('not-found');
      }
    });

async function put(deps: Deps, event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const number = numberToList(event);
  const { reason, source } = await parseBody(event, SuppressNumberSchema);
  const { entry, cancelledCalls, leftBefore } = await suppressNumber(deps, {
    number,
    reason,
    source,
    by: operatorOf(event),
  });
  deps.logger.info(logCodes.numberSuppressed, { number: maskNumber(number), cancelledCalls, leftBefore });
  return json(200, { ...suppressionView(entry), cancelledCalls });
}

async function get(deps: Deps, event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const entry = await deps.suppressions.find(numberToFind(event));
  if (!entry) throw new ProblemError('not-found');
  return json(200, suppressionView(entry));
}

async function remove(deps: Deps, event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const number = numberToFind(event);
  const { reason } = await parseBody(event, UnsuppressNumberSchema);
  const removed = await deps.suppressions.remove(number, {
    reason,
    removedBy: operatorOf(event),
    removedAtMs: deps.clock.nowMs(),
  });
  if (!removed) throw new ProblemError('not-found');
  deps.logger.info(logCodes.suppressionRemoved, { number: maskNumber(number) });
  return noContent();
}

async function check(deps: Deps, event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const numbers = numbersInBody(await parseBody(event, CheckNumbersSchema));
  const entries = await Promise.all(numbers.map((number) => deps.suppressions.find(number)));
  return json(200, {
    results: numbers.map((number, index) => ({
      number,
      suppressed: entries[index] !== undefined,
      lists: entries[index] ? [entries[index].list] : [],
    })),
  });
}
