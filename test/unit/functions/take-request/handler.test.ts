import { readFileSync } from 'node:fs';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { expect, it, vi } from 'vitest';
import { createHandler } from '../../../../functions/take-request/handler.ts';
import { Bench, settings } from '../../calls/bench.ts';

const event = JSON.parse(
  readFileSync(new URL('../../../../events/outbound-requested/examples/valid/service.json', import.meta.url), 'utf8'),
) as { id: string; data: object };

function setUp() {
  const bench = new Bench();
  const addMetric = vi.fn();
  const billing = settings.lines['billing'] as NonNullable<(typeof settings.lines)[string]>;
  const handler = createHandler({
    ...bench.deps,
    settings: { ...settings, lines: { ...settings.lines, reminders: { ...billing, task: 'EXECUTE_FLOW' } } },
    logger: { info: vi.fn(), error: vi.fn() },
    metrics: { addMetric, publishStoredMetrics: vi.fn() },
  } as never);
  const run = (...bodies: unknown[]): Promise<SQSBatchResponse> =>
    handler(
      { Records: bodies.map((body, index) => ({ messageId: `m${index}`, body: JSON.stringify(body) })) } as never,
      {} as Context,
    );
  return { bench, addMetric, run };
}

it('asks for an outdial once, however often the event comes', async () => {
  const { bench, run } = setUp();

  const answers = [await run({ detail: event }), await run({ detail: event })];

  expect(answers).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
  expect(bench.ledger.rows.size).toBe(1);
  expect(bench.call()).toMatchObject({ kind: 'outdial', line: 'reminders', attributes: { invoice: '4411' } });
});

it('takes another source with the same id for another request', async () => {
  const { bench, run } = setUp();

  await run({ detail: event });
  await run({
    detail: { ...event, source: 'https://other.example.com', data: { ...event.data, phone: '+14155550133' } },
  });

  expect(bench.ledger.rows.size).toBe(2);
});

it('is done with a number that is not called: the refusal is on record', async () => {
  const { bench, addMetric, run } = setUp();
  bench.decide = () => ({ verdict: 'deny' });

  expect(await run({ detail: event })).toEqual({ batchItemFailures: [] });
  expect(bench.call()).toMatchObject({ status: 'refused' });
  expect(addMetric).not.toHaveBeenCalled();
});

it.each([
  ['is none of ours', { detail: { hello: 'world' } }],
  ['names a line that is not there', { detail: { ...event, data: { ...event.data, line: 'nowhere' } } }],
])('gives back an event that %s, and tells a metric', async (_what, poison) => {
  const { addMetric, run } = setUp();

  const answer = await run(poison, { detail: event });

  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
  expect(addMetric).toHaveBeenCalledWith('RequestEventRefused', 'Count', 1);
});

it('gives back an event whose id asked for something else before', async () => {
  const { addMetric, run } = setUp();
  await run({ detail: event });

  const answer = await run({ detail: { ...event, data: { ...event.data, variables: {} } } });

  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
  expect(addMetric).toHaveBeenCalledTimes(1);
});
