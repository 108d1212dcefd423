import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { CallbackAccepted } from '../../events/callback-accepted/schema.ts';
import { RequestCallbackSchema } from '../../events/request-callback/schema.ts';
import { parseBody } from '../../src/adapters/lambda/parse-body.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { instant, json } from '../../src/adapters/lambda/respond.ts';
import { isFinal } from '../../src/calls/call.ts';
import { callAfterMs, heldBy, statusTold } from '../../src/calls/held-by.ts';
import type { AcceptedCall } from '../../src/calls/accept-call.ts';
import type { EpochMs } from '../../src/shared/clock.ts';
import type { RequestCallHandlerDeps } from './deps.ts';
import { isForm } from './is-form.ts';
import { arrive, screenBody } from './screening.ts';
import { takeCall } from './take-call.ts';
import { toCommand } from './to-command.ts';

export const createHandler = (deps: RequestCallHandlerDeps) =>
  middy()
    .use(problemDetails(deps.logger))
    .handler(async (event: APIGatewayProxyEventV2) => {
      const arrival = arrive(deps, event);
      // The pages are loaded only for who needs them: most forms are sent by the element.
      if (isForm(event)) return (await import('./form.ts')).answerForm(deps, event, arrival);
      const body = await parseBody(event, RequestCallbackSchema);
      const command = toCommand(event, body, arrival.address);
      const screening = await screenBody(deps, arrival, body, command.idempotencyKey);
      return accepted(event, await takeCall(deps, command, screening), deps.clock.nowMs());
    });

function accepted(
  event: APIGatewayProxyEventV2,
  { call, manageToken }: AcceptedCall,
  nowMs: EpochMs,
): APIGatewayProxyStructuredResultV2 {
  const status = statusTold(call, nowMs);
  const path = `/v1/callbacks/${call.id}`;
  const holder = heldBy(call);
  const origin = `${event.headers['x-forwarded-proto'] ?? 'https'}://${event.requestContext.domainName}`;
  const body: CallbackAccepted = {
    id: call.id,
    // A repeat by its Idempotency-Key gets the first answer again, even where the call is over by now.
    status: isFinal(status) ? 'accepted' : status,
    callAfter: instant(callAfterMs(call)),
    ...(holder && { heldBy: holder }),
    ...(manageToken && { manageUrl: `${origin}${path}?token=${manageToken}` }),
  };
  return json(202, body, { location: path });
}
