import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CallbackAccepted, CallbackAcceptedSchema } from '../../events/callback-accepted/schema.ts';
import { ProblemSchema } from '../../events/problem/schema.ts';
import { SlotsSchema } from '../../events/slots/schema.ts';
import settings from '../../ringback.config.ts';
import { DynamoCallStore } from '../../src/adapters/dynamodb/call-store.ts';
import { DynamoSlotCounts } from '../../src/adapters/dynamodb/slot-counts.ts';
import { enginesHere } from '../support/engines.ts';
import { startHostedStack } from '../support/hosted-stack.ts';
import { type RunningStack, startStack } from '../support/running-stack.ts';
import { hourMs, sampleCall, sampleDecision, sampleFacts, startMs } from '../unit/calls/bench.ts';

const timeZone = 'America/Los_Angeles';
const capacity = settings.lines['support']?.slots?.capacity ?? 0;
const slot = { date: '2026-11-24', from: '10:00', to: '10:30' };
const later = { date: '2026-11-24', from: '10:30', to: '11:00' };

describe.each(enginesHere())('the slots of a line on %s', (engine) => {
  let folder: string;
  let stack: RunningStack;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ringback-slots-'));
    stack = await startStack(join(folder, 'data'), ['--engine', engine, '--clock', '2026-11-23T12:00:00-08:00']);
  });
  afterAll(async () => {
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = (last: number, more: object = {}, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${stack.api}/v1/callbacks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        phone: `+1415555${last}`,
        line: 'support',
        when: slot,
        timeZone,
        consent: { version: '2026-11', accepted: true },
        ...more,
      }),
    });
  const book = async (last: number, more: object = {}): Promise<CallbackAccepted> =>
    CallbackAcceptedSchema.parse(await (await ask(last, more)).json());
  const free = async (): Promise<string[]> => {
    const response = await fetch(`${stack.api}/v1/lines/support/slots?timeZone=${timeZone}&days=2`);
    return SlotsSchema.parse(await response.json()).slots.map(({ date, from }) => `${date} ${from}`);
  };
  const patch = ({ manageUrl = '' }: CallbackAccepted, when: unknown): Promise<Response> =>
    fetch(manageUrl, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ when, timeZone }),
    });

  it('gives exactly as many of 1,000 people at once a place as the slot has', { timeout: 300_000 }, async () => {
    expect(capacity).toBe(20);
    expect(await free()).toContain('2026-11-24 10:00');

    const answers = await Promise.all(
      Array.from({ length: 1_000 }, async (_, index) => {
        const response = await ask(2_000 + index);
        return { status: response.status, body: await response.json() };
      }),
    );

    const statuses = Object.groupBy(answers, ({ status }) => status);
    expect(Object.fromEntries(Object.entries(statuses).map(([status, of]) => [status, of?.length]))).toEqual({
      202: 20,
      409: 980,
    });
    expect(ProblemSchema.parse(statuses[409]?.[0]?.body)).toMatchObject({
      code: 'slot-taken',
      errors: [{ pointer: '/when', detail: expect.stringContaining('choose another') }],
    });
    const times = await free();
    expect(times).not.toContain('2026-11-24 10:00');
    expect(times).toContain('2026-11-24 10:30');

    const winner = CallbackAcceptedSchema.parse(statuses[202]?.[0]?.body);
    await fetch(winner.manageUrl ?? '', { method: 'DELETE' });
    expect(await free()).toContain('2026-11-24 10:00');
    expect([(await ask(4_000)).status, (await ask(4_001)).status]).toEqual([202, 409]);
  });

  it('lets a call go from a free slot to another, and to none where it is full', async () => {
    const booked = await book(4_100, { when: later });

    const refused = await patch(booked, slot);
    const moved = await patch(booked, { ...slot, from: '11:00', to: '11:30' });

    expect(refused.status).toBe(409);
    expect(ProblemSchema.parse(await refused.json()).code).toBe('slot-taken');
    expect(await moved.json()).toMatchObject({ callAfter: '2026-11-24T19:00:00.000Z' });
  });

  it('tells at the field that a time is none of the slots, and writes nothing', async () => {
    const response = await ask(4_200, { when: { ...later, to: '11:30' } });

    expect(response.status).toBe(422);
    expect(ProblemSchema.parse(await response.json()).errors).toEqual([
      {
        pointer: '/when',
        detail: 'when must be "now" or one of the times that GET /v1/lines/support/slots lists.',
      },
    ]);
    const found = await stack.asOperator('GET', `/v1/calls?number=${encodeURIComponent('+14155554200')}`);
    expect(await found.json()).toEqual({ calls: [] });
  });

  it('answers a repeat of a booking with the same call, though the slot is full', async () => {
    const headers = { 'idempotency-key': 'key-of-the-last-place' };
    const wish = { when: { ...slot, from: '12:00', to: '12:30' } };
    const { id, manageUrl } = CallbackAcceptedSchema.parse(await (await ask(4_300, wish, headers)).json());
    await Promise.all(Array.from({ length: capacity - 1 }, (_, index) => ask(4_301 + index, wish)));

    const again = await ask(4_300, wish, headers);
    const withoutKey = await ask(4_300, wish);
    const stranger = await ask(4_400, wish);

    expect([again.status, withoutKey.status, stranger.status]).toEqual([202, 202, 409]);
    expect(await again.json()).toMatchObject({ id, manageUrl });
    expect(await withoutKey.json()).toMatchObject({ id });
  });

  it('frees the place of a number that is suppressed', async () => {
    const wish = { when: { ...slot, from: '13:00', to: '13:30' } };
    await Promise.all(Array.from({ length: capacity }, (_, index) => ask(4_500 + index, wish)));
    expect((await ask(4_600, wish)).status).toBe(409);

    await stack.asOperator('PUT', `/v1/suppressions/${encodeURIComponent('+14155554500')}`, { reason: 'asked' });

    expect((await ask(4_600, wish)).status).toBe(202);
  });
});

describe.each(enginesHere())('the count of a slot in %s', (engine) => {
  it('holds against 200 writers that all saw it empty', { timeout: 300_000 }, async () => {
    await using stack = await startHostedStack({ engine });
    const { TableNames = [] } = await stack.dynamo.send(new ListTablesCommand({}));
    const named = (part: string): string => TableNames.find((name) => name.includes(part)) ?? '';
    const tables = { calls: named('Calls'), suppressions: named('Suppressions'), counters: named('Counters') };
    const store = new DynamoCallStore(stack.dynamo, tables, 86_400_000);
    const span = { fromMs: startMs + hourMs, toMs: startMs + 2 * hourMs };
    const decision = sampleDecision(sampleFacts());

    const outcomes = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const call = sampleCall({ id: uuid(), number: `+1415555${2_000 + index}`, line: 'support', slot: span });
        return (await store.accept(call, decision, undefined, { booking: { ...span, capacity } })).outcome;
      }),
    );

    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(20);
    expect(outcomes.filter((outcome) => outcome === 'slot-taken')).toHaveLength(180);
    const counts = await new DynamoSlotCounts(stack.dynamo, tables.counters).read('support', [span.fromMs]);
    expect(counts.get(span.fromMs)).toBe(20);
  });
});
