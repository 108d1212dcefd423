import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type OutdialAccepted, RequestOutdialSchema } from '../../events/request-outdial/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { operatorOf } from '../../src/adapters/lambda/operator.ts';
import { parseBody } from '../../src/adapters/lambda/parse-body.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { instant, json } from '../../src/adapters/lambda/respond.ts';
import { isFinal } from '../../src/calls/call.ts';
import { type RequestOutdialDeps, requestOutdial } from '../../src/calls/request-outdial.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { maskNumber } from '../../src/shared/mask.ts';
import { toCommand, toProblem } from './translate.ts';

export const createHandler = (deps: RequestOutdialDeps & Pick<Observability, 'logger'>) =>
  middy()
    .use(problemDetails(deps.logger))
    .handler(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
      const operator = operatorOf(event);
      const requested = await requestOutdial(deps, toCommand(event, await parseBody(event, RequestOutdialSchema)));
      if (!requested.ok) throw toProblem(requested.failure);
      const { call } = requested.value;
      const { id, line, purpose } = call;
      deps.logger.info(logCodes.outdialAccepted, {
        callId: id,
        number: maskNumber(call.number),
        line,
        purpose,
        operator,
      });
      const body: OutdialAccepted = {
        id,
        // A repeat by its Idempotency-Key gets the first answer again, even where the call is over by now.
        status: isFinal(call.status) ? 'accepted' : call.status,
        callAfter: instant(call.dueAtMs),
      };
      return json(202, body, { location: `/v1/calls/${id}` });
    });
