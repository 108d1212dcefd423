import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ProblemError } from './problem.ts';

const keyLength = { min: 8, max: 200 };

/** The `Idempotency-Key` header, where there is one. @throws {ProblemError} `invalid-request` */
export function idempotencyKeyOf(event: APIGatewayProxyEventV2): string | undefined {
  const sent = event.headers['idempotency-key'];
  if (sent === undefined) return undefined;
  const { min, max } = keyLength;
  if (sent.length >= min && sent.length <= max) return sent;
  throw new ProblemError('invalid-request', {
    detail: `The Idempotency-Key header must be ${min} to ${max} characters long, such as a UUID.`,
  });
}
