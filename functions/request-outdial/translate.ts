import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { RequestOutdial } from '../../events/request-outdial/schema.ts';
import { idempotencyKeyOf } from '../../src/adapters/lambda/idempotency-key.ts';
import { ProblemError, slotTakenProblem } from '../../src/adapters/lambda/problem.ts';
import type { RequestOutdialCommand, RequestOutdialFailure } from '../../src/calls/request-outdial.ts';
import type { Basis } from '../../src/policy/types.ts';

export const toCommand = (event: APIGatewayProxyEventV2, body: RequestOutdial): RequestOutdialCommand => ({
  phone: body.phone,
  country: body.country,
  line: body.line,
  when: body.when,
  customer: {
    ...(body.name && { name: body.name }),
    ...(body.preferredAgent && { preferredAgent: body.preferredAgent }),
    ...(body.timeZone && { timeZone: body.timeZone }),
  },
  purpose: body.purpose,
  automated: body.automated,
  bases: body.bases.map((basis) => toBasis(basis, body.purpose)),
  variables: body.variables,
  idempotencyKey: idempotencyKeyOf(event),
});

/** A basis speaks for the purpose that it came with, and for no other. */
function toBasis(
  { type, start, expiry, inquiry, evidence: { at, ...evidence } }: RequestOutdial['bases'][number],
  purpose: RequestOutdial['purpose'],
): Basis {
  const known = Object.entries(evidence).filter(([, value]) => value !== undefined);
  return {
    type,
    purpose,
    startMs: Date.parse(start),
    ...(expiry !== undefined && { expiryMs: Date.parse(expiry) }),
    ...(inquiry !== undefined && { inquiry }),
    evidence: { ...(Object.fromEntries(known) as Record<string, string>), atMs: Date.parse(at) },
  };
}

/** An operator may know why a number is not called: the record of the refused call says it. */
export function toProblem(failure: RequestOutdialFailure): ProblemError {
  switch (failure.code) {
    case 'invalid-request':
      return new ProblemError('invalid-request', { errors: [...failure.errors] });
    case 'number-not-callable':
    case 'time-not-callable':
      return new ProblemError('number-not-callable', {
        detail: `The verdict, with every rule, is on record: GET /v1/calls/${failure.callId}.`,
      });
    case 'slot-taken':
      return slotTakenProblem();
    case 'idempotency-key-reused':
    case 'request-in-progress':
    // Operators pass no abuse screen, so what it says is not heard here.
    default:
      return new ProblemError(failure.code);
  }
}
