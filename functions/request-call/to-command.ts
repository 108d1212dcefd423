import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { RequestCallback } from '../../events/request-callback/schema.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import type { RequestCallCommand } from '../../src/calls/request-call.ts';

const idempotencyKeyLength = { min: 8, max: 200 };

/** The request in the domain's words, with what proves the consent: where it came from and when. */
export function toCommand(event: APIGatewayProxyEventV2, body: RequestCallback): RequestCallCommand {
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
        clientAddress: event.requestContext.http.sourceIp,
        userAgent: event.requestContext.http.userAgent,
        ...(originPage && { originPage }),
      },
    },
    idempotencyKey: idempotencyKeyOf(event),
  };
}

function idempotencyKeyOf(event: APIGatewayProxyEventV2): string | undefined {
  const sent = event.headers['idempotency-key'];
  if (sent === undefined) return undefined;
  const { min, max } = idempotencyKeyLength;
  if (sent.length >= min && sent.length <= max) return sent;
  throw new ProblemError('invalid-request', {
    detail: `The Idempotency-Key header must be ${min} to ${max} characters long, such as a UUID.`,
  });
}
