import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { WaitSchema } from '../../../../events/wait/schema.ts';
import { createHandler } from '../../../../functions/estimate-wait/handler.ts';
import { createObservability } from '../../../../src/adapters/lambda/observability.ts';

const { logger } = createObservability('estimate-wait');
logger.setLogLevel('SILENT');
const handler = createHandler({
  logger,
  lines: { support: { queueId: 'q', audience: 'public' } },
  waits: { ofQueue: () => Promise.resolve({ wait: { known: true, waitSeconds: 240 }, freshMs: 17_900 }) },
});
const ask = (line: string) =>
  handler({ pathParameters: { line }, routeKey: 'GET' } as unknown as APIGatewayProxyEventV2, {} as Context);

it('answers by its contract, and lets the answer be kept while it is fresh', async () => {
  const { statusCode, headers, body } = await ask('support');

  expect(statusCode).toBe(200);
  expect(headers).toMatchObject({ 'cache-control': 'public, max-age=17' });
  expect(z.parse(WaitSchema, JSON.parse(body ?? ''))).toEqual({ known: true, waitSeconds: 240 });
});

it('knows no line that is not there', async () => {
  expect((await ask('sales')).statusCode).toBe(404);
});
