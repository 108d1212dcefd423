import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { pageHeaders } from '../../form/pages/page.ts';

/** A page for a browser. */
export const page = (statusCode: number, body: string): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { ...pageHeaders },
  body,
});
