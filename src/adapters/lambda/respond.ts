import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** A JSON answer. Answers about calls are nobody's cache's business. */
export const json = (
  statusCode: number,
  body: unknown,
  headers: Record<string, string> = {},
): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(body),
});

export const noContent = (): APIGatewayProxyStructuredResultV2 => ({
  statusCode: 204,
  headers: { 'cache-control': 'no-store' },
});

/** An instant as answers give it. */
export const instant = (atMs: number): string => new Date(atMs).toISOString();
