import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { SlotsSchema } from '../../../../events/slots/schema.ts';
import { createHandler } from '../../../../functions/list-slots/handler.ts';
import { createObservability } from '../../../../src/adapters/lambda/observability.ts';
import { createDecide } from '../../../../src/policy/create-decide.ts';

const { logger } = createObservability('list-slots');
logger.setLogLevel('SILENT');
const handler = createHandler({
  logger,
  lines: {
    billing: {
      hours: { timeZone: 'America/New_York', weekdays: { mon: [['09:00', '10:00']] } },
      slots: { minutes: 30, capacity: 2, daysAhead: 14, leadMinutes: 30 },
    },
  },
  counts: { read: () => Promise.resolve(new Map()) },
  decide: createDecide(),
  clock: { nowMs: () => Date.parse('2026-11-22T18:00:00-05:00'), sleep: () => Promise.resolve() },
});
const ask = async (line: string, query: Record<string, string>) => {
  const event = {
    routeKey: 'GET /v1/lines/{line}/slots',
    pathParameters: { line },
    queryStringParameters: query,
  } as unknown as APIGatewayProxyEventV2;
  const { statusCode, body } = await handler(event, {} as Context);
  return { statusCode, body: JSON.parse(body ?? '') as { errors?: { pointer: string; detail: string }[] } };
};

describe('GET /v1/lines/{line}/slots', () => {
  it('answers by its contract', async () => {
    const { statusCode, body } = await ask('billing', { timeZone: 'America/New_York' });
    expect(statusCode).toBe(200);
    expect(z.parse(SlotsSchema, body).slots).toEqual([
      { date: '2026-11-23', from: '09:00', to: '09:30' },
      { date: '2026-11-23', from: '09:30', to: '10:00' },
    ]);
  });

  it.each<[string, Record<string, string>, string, RegExp]>([
    ['no zone', {}, '/timeZone', /^timeZone must be given as an IANA time zone/],
    ['a zone that does not exist', { timeZone: 'Mars/Base' }, '/timeZone', /^timeZone must be an IANA time zone/],
    ['too many days', { timeZone: 'UTC', days: '15' }, '/days', /^days must be at most 14/],
    ['days that are no number', { timeZone: 'UTC', days: 'all' }, '/days', /^days must be a number from 1 to 14/],
    ['a day that does not exist', { timeZone: 'UTC', from: '2026-02-30' }, '/from', /^from must be a date/],
  ])('says in one sentence what is wrong with %s', async (_name, query, pointer, detail) => {
    const { statusCode, body } = await ask('billing', query);
    expect(statusCode).toBe(422);
    expect(body.errors).toEqual([{ pointer, detail: expect.stringMatching(detail) }]);
  });

  it('does not know a line that has no slots', async () => {
    expect((await ask('support', { timeZone: 'UTC' })).statusCode).toBe(404);
  });
});
