import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { pageHeaders } from '../../form/pages/page.ts';

/** A page for a browser. */
export const page = (statusCode: number, body: string): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { ...pageHeaders },
  body,
});

/** Sends a browser on after a form was taken, so that reloading the next page sends nothing again. */
export const seeOther = (location: string): APIGatewayProxyStructuredResultV2 => ({
  statusCode: 303,
  headers: { location, 'cache-control': 'no-store' },
});
