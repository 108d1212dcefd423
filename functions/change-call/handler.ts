import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ChangeCallbackSchema } from '../../events/change-callback/schema.ts';
import { callbackView } from '../../src/adapters/lambda/callback-view.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { parseBody } from '../../src/adapters/lambda/parse-body.ts';
import { ProblemError, slotTakenProblem } from '../../src/adapters/lambda/problem.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { json } from '../../src/adapters/lambda/respond.ts';
import {
  type ChangeCallCommand,
  type ChangeCallDeps,
  type ChangeCallFailure,
  changeCall,
} from '../../src/calls/change-call.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

export const createHandler = (deps: ChangeCallDeps & Pick<Observability, 'logger'>) =>
  middy()
    .use(problemDetails(deps.logger))
    .handler(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
      const callId = event.pathParameters?.['id'] ?? '';
      const manageToken = event.queryStringParameters?.['token'] ?? '';
      const change = await changeOf(event);
      const changed = await changeCall(deps, { callId, manageToken, change });
      if (!changed.ok) throw toProblem(changed.failure);
      deps.logger.info(logCodes.callChanged, { callId, change: change.do });
      const view = callbackView(changed.value, deps.clock.nowMs());
      // What Webex has to confirm first is taken, not done.
      return json(view.pending ? 202 : 200, view);
    });

async function changeOf(event: APIGatewayProxyEventV2): Promise<ChangeCallCommand['change']> {
  switch (event.routeKey) {
    case 'PATCH /v1/callbacks/{id}':
      return { do: 'reschedule', ...(await parseBody(event, ChangeCallbackSchema)) };
    case 'DELETE /v1/callbacks/{id}':
      return { do: 'cancel' };
    default:
      throw new ProblemError('not-found');
  }
}

function toProblem(failure: ChangeCallFailure): ProblemError {
  switch (failure.code) {
    case 'invalid-request':
      return new ProblemError(failure.code, { errors: [...failure.errors] });
    case 'slot-taken':
      return slotTakenProblem();
    default:
      return new ProblemError(failure.code);
  }
}
