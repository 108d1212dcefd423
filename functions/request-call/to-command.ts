import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { RequestCallback } from '../../events/request-callback/schema.ts';
import { idempotencyKeyOf } from '../../src/adapters/lambda/idempotency-key.ts';
import type { RequestCallCommand } from '../../src/calls/request-call.ts';

/** The request in the domain's words, with what proves the consent: where it came from and when. */
export function toCommand(
  event: APIGatewayProxyEventV2,
  body: RequestCallback,
  clientAddress: string,
): RequestCallCommand {
  const { name, email, reason, preferredAgent, timeZone } = body;
  const originPage = event.headers['referer'] ?? event.headers['origin'];
  return {
    phone: body.phone,
    country: body.country,
    line: body.line,
    when: body.when,
    customer: {
      ...(name && { name }),
      ...(email && { email }),
      ...(reason && { reason }),
      ...(preferredAgent && { preferredAgent }),
      ...(timeZone && { timeZone }),
    },
    consent: {
      version: body.consent.version,
      evidence: {
        ...(body.consent.language && { language: body.consent.language }),
        clientAddress,
        userAgent: event.requestContext.http.userAgent,
        ...(originPage && { originPage }),
      },
    },
    idempotencyKey: idempotencyKeyOf(event),
  };
}
