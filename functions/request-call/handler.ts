import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { CallbackAccepted } from '../../events/callback-accepted/schema.ts';
import { RequestCallbackSchema } from '../../events/request-callback/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { parseBody } from '../../src/adapters/lambda/parse-body.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { instant, json } from '../../src/adapters/lambda/respond.ts';
import { isFinal } from '../../src/calls/call.ts';
import { type AcceptedCall, requestCall } from '../../src/calls/request-call.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { maskNumber } from '../../src/shared/mask.ts';
import type { FormDeps } from './form.ts';
import { isForm } from './is-form.ts';
import { toCommand } from './to-command.ts';
import { toProblem } from './to-problem.ts';

export const createHandler = (deps: FormDeps & Observability) =>
  middy()
    .use(problemDetails(deps.logger))
    .handler(async (event: APIGatewayProxyEventV2) => {
      // The pages are loaded only for who needs them: most forms are sent by the element.
      if (isForm(event)) return (await import('./form.ts')).answerForm(deps, event);
      const body = await parseBody(event, RequestCallbackSchema);
      const requested = await requestCall(deps, toCommand(event, body));
      if (!requested.ok) throw toProblem(requested.failure);
      const { call, manageToken } = requested.value;
      deps.logger.info(logCodes.callAccepted, {
        callId: call.id,
        number: maskNumber(call.number),
        line: call.line,
        repeated: !manageToken,
      });
      return accepted(event, requested.value);
    });

function accepted(
  event: APIGatewayProxyEventV2,
  { call, manageToken }: AcceptedCall,
): APIGatewayProxyStructuredResultV2 {
  const path = `/v1/callbacks/${call.id}`;
  const origin = `${event.headers['x-forwarded-proto'] ?? 'https'}://${event.requestContext.domainName}`;
  const body: CallbackAccepted = {
    id: call.id,
    // A repeat by its Idempotency-Key gets the first answer again, even where the call is over by now.
    status: isFinal(call.status) ? 'accepted' : call.status,
    callAfter: instant(call.dueAtMs),
    ...(manageToken && { manageUrl: `${origin}${path}?token=${manageToken}` }),
  };
  return json(202, body, { location: path });
}
