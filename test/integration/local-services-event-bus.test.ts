import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type BusEvent,
  type EventBus,
  type EventRule,
  startEventBus,
  UnsupportedPatternError,
} from '../../infra/local/services/event-bus.ts';

const rules: readonly EventRule[] = [
  { name: 'placed', pattern: { source: ['ringback'], 'detail-type': [{ prefix: 'call.placed' }] }, enabled: true },
  { name: 'all', pattern: { source: [{ exists: true }] }, enabled: true },
  { name: 'off', pattern: { source: ['ringback'] }, enabled: false },
  { name: 'elsewhere', busName: 'other', pattern: { source: ['ringback'] }, enabled: true },
];

let dataDir: string;
let bus: EventBus;
let nowMs: number;
let delivered: { readonly rule: string; readonly event: BusEvent }[];
let failures: number;

const start = async (): Promise<void> => {
  bus = await startEventBus({
    dataDir,
    region: 'us-east-1',
    accountId: '000000000000',
    busNames: ['other'],
    rules,
    clock: { nowMs: () => nowMs },
    deliver: async (rule, event) => {
      if (failures > 0) {
        failures -= 1;
        throw new Error('the target is away');
      }
      delivered.push({ rule, event });
    },
  });
};
const put = async (Entries: unknown): Promise<{ readonly status: number; readonly body: unknown }> => {
  const response = await fetch(bus.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' },
    body: JSON.stringify({ Entries }),
  });
  return { status: response.status, body: await response.json() };
};
const entry = { Source: 'ringback', DetailType: 'call.placed.v1', Detail: '{"callId":"1"}' };

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'bus-'));
  nowMs = Date.parse('2026-11-20T12:00:00Z');
  delivered = [];
  failures = 0;
  await start();
});
afterEach(async () => {
  await bus.close();
  rmSync(dataDir, { recursive: true });
});

describe('PutEvents', () => {
  it('delivers an event to each rule that it matches', async () => {
    const answer = await put([entry]);
    await bus.wake();

    expect(answer).toMatchObject({
      status: 200,
      body: { FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] },
    });
    expect(delivered.map(({ rule }) => rule).sort()).toEqual(['all', 'placed']);
    expect(delivered[0]?.event).toMatchObject({
      version: '0',
      source: 'ringback',
      'detail-type': 'call.placed.v1',
      time: '2026-11-20T12:00:00Z',
      detail: { callId: '1' },
    });
  });

  it('delivers on the bus that the entry names', async () => {
    await put([{ ...entry, EventBusName: 'arn:aws:events:us-east-1:000000000000:event-bus/other' }]);
    await bus.wake();

    expect(delivered.map(({ rule }) => rule)).toEqual(['elsewhere']);
  });

  it('answers for each entry what is wrong with it, and takes the others', async () => {
    const answer = await put([{ ...entry, Detail: '{' }, { ...entry, Detail: '[]' }, { ...entry, Source: '' }, entry]);
    await bus.wake();

    expect(answer.body).toMatchObject({
      FailedEntryCount: 3,
      Entries: [
        { ErrorCode: 'MalformedDetail' },
        { ErrorCode: 'MalformedDetail' },
        { ErrorCode: 'InvalidArgument' },
        { EventId: expect.any(String) },
      ],
    });
    expect(delivered).toHaveLength(2);
  });

  it.each([
    ['no entries', []],
    ['eleven entries', Array.from({ length: 11 }, () => entry)],
    ['entries that are no list', 'x'],
    ['more than 256 KB', [{ ...entry, Detail: JSON.stringify({ text: 'x'.repeat(262_144) }) }]],
  ])('refuses %s', async (_name, entries) => {
    const answer = await put(entries);

    expect(answer).toMatchObject({ status: 400, body: { __type: 'ValidationException' } });
  });
});

describe('delivery', () => {
  it('tries again what failed', async () => {
    failures = 2;
    await put([entry]);
    await bus.wake();
    const atOnce = delivered.length;

    nowMs += 1000;
    await bus.wake();

    expect([atOnce, delivered.length]).toEqual([0, 2]);
  });

  it('goes on after a restart with what was not delivered', async () => {
    failures = 2;
    await put([entry]);
    await bus.wake();
    await bus.close();

    await start();
    await bus.wake();

    expect(delivered).toHaveLength(2);
  });

  it('gives up after a day', async () => {
    failures = 2;
    await put([entry]);
    await bus.wake();

    failures = 2;
    nowMs += 86_400_000;
    await bus.wake();
    nowMs += 86_400_000;
    await bus.wake();

    expect(delivered).toEqual([]);
  });
});

describe('startEventBus', () => {
  it('names the rule whose pattern it cannot evaluate', async () => {
    const starting = startEventBus({
      dataDir,
      region: 'us-east-1',
      accountId: '000000000000',
      rules: [{ name: 'odd', pattern: { source: [{ wildcard: 'a*' }] }, enabled: true }],
      deliver: async () => undefined,
    });

    await expect(starting).rejects.toThrow(UnsupportedPatternError);
    await expect(starting).rejects.toThrow(/Rule odd\.source.*wildcard/);
  });
});
