import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** Whether a request is the plain form of a page without JavaScript. */
export const isForm = (event: APIGatewayProxyEventV2): boolean =>
  /^application\/x-www-form-urlencoded\s*(;|$)/i.test(event.headers['content-type'] ?? '');
