import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** Sends a browser on after a form was taken, so that reloading the next page sends nothing again. */
export const seeOther = (location: string): APIGatewayProxyStructuredResultV2 => ({
  statusCode: 303,
  headers: { location, 'cache-control': 'no-store' },
});
