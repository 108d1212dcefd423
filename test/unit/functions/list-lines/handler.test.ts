import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { LinesSchema } from '../../../../events/lines/schema.ts';
import { createHandler } from '../../../../functions/list-lines/handler.ts';
import settings from '../../../../ringback.config.ts';
import { createObservability } from '../../../../src/adapters/lambda/observability.ts';

it('answers GET /v1/lines by its contract, and lets it be kept for a minute', async () => {
  const { logger } = createObservability('list-lines');
  const handler = createHandler({ logger, settings });
  const { statusCode, headers, body } = await handler({} as APIGatewayProxyEventV2, {} as Context);
  expect(statusCode).toBe(200);
  expect(headers).toMatchObject({ 'cache-control': 'public, max-age=60' });
  expect(z.parse(LinesSchema, JSON.parse(body ?? '')).consent.version).toBe(settings.consent.current);
});
