import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** Who is behind an operator's request, by the token that API Gateway's JWT authorizer has checked. */
export function operatorOf(event: APIGatewayProxyEventV2): string {
  const authorizer: unknown = 'authorizer' in event.requestContext ? event.requestContext.authorizer : undefined;
  const claims = asRecord(asRecord(authorizer)?.['jwt'])?.['claims'];
  const subject = asRecord(claims)?.['sub'];
  if (typeof subject !== 'string') throw new Error('An operator route was reached without a checked token.');
  return `operator:${subject}`;
}

const asRecord = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
