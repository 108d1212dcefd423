import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { page } from '../../src/adapters/lambda/page.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import type { Settings } from '../../src/settings/schema.ts';
import { faultPage } from './pages.ts';

/** Answers a fault on a route for browsers with a page, without internals. */
export function errorPages(
  deps: Pick<Observability, 'logger'> & { readonly settings: Pick<Settings, 'organization'> },
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    name: 'error-pages',
    onError: (request) => {
      if (!request.event.routeKey.startsWith('GET /oauth/')) return;
      const { error } = request;
      deps.logger.error(logCodes.requestFailed, {
        route: request.event.routeKey,
        error: error instanceof Error ? error : undefined,
      });
      request.response = page(500, faultPage(deps.settings));
    },
  };
}
