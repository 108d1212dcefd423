import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { callbackView } from '../../src/adapters/lambda/callback-view.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { json } from '../../src/adapters/lambda/respond.ts';
import { seeOther } from '../../src/adapters/lambda/see-other.ts';
import { type ReadCallDeps, findCalls, readCallback, readCallRecord } from '../../src/calls/read-call.ts';
import type { Clock } from '../../src/shared/clock.ts';
import { callRecordView, callView } from './views.ts';

export const createHandler = (deps: ReadCallDeps & Pick<Observability, 'logger'> & { readonly clock: Clock }) =>
  middy()
    .use(problemDetails(deps.logger))
    .handler(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
      switch (event.routeKey) {
        case 'GET /v1/callbacks/{id}':
          if (wantsPage(event)) return toPage(event);
          return json(
            200,
            callbackView(
              orNotFound(
                await readCallback(
                  deps,
                  event.pathParameters?.['id'] ?? '',
                  event.queryStringParameters?.['token'] ?? '',
                ),
              ),
              deps.clock.nowMs(),
            ),
          );
        case 'GET /v1/calls/{id}':
          return json(200, callRecordView(orNotFound(await readCallRecord(deps, event.pathParameters?.['id'] ?? ''))));
        case 'GET /v1/calls':
          return json(200, { calls: (await findCalls(deps, numberAsked(event))).map(callView) });
        default:
          throw new ProblemError('not-found');
      }
    });

/** A person who opens the manage link in a browser sees the page of the call; programs get JSON. */
const wantsPage = (event: APIGatewayProxyEventV2): boolean => /\btext\/html\b/i.test(event.headers['accept'] ?? '');

const toPage = ({ pathParameters, queryStringParameters }: APIGatewayProxyEventV2): APIGatewayProxyStructuredResultV2 =>
  seeOther(
    `/callback/${encodeURIComponent(pathParameters?.['id'] ?? '')}?${new URLSearchParams({ token: queryStringParameters?.['token'] ?? '' }).toString()}`,
  );

function orNotFound<T>(found: T | undefined): T {
  if (found === undefined) throw new ProblemError('not-found');
  return found;
}

/** A plus sign that was not encoded arrives as a space. */
function numberAsked(event: APIGatewayProxyEventV2): string {
  const asked = event.queryStringParameters?.['number']?.replace(/^ /, '+');
  if (asked && /^\+[1-9]\d{6,14}$/.test(asked)) return asked;
  throw new ProblemError('invalid-request', {
    errors: [{ pointer: '', detail: 'number must be given as an E.164 number such as %2B14155550132.' }],
  });
}
