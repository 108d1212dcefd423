import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient as TableClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { type DynamoEngine, startDynamo } from '../../infra/local/engines/dynamo.ts';
import { DynamoCallStore } from '../../src/adapters/dynamodb/call-store.ts';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDialFacts } from '../../src/adapters/dynamodb/dial-facts.ts';
import { DynamoSlotCounts } from '../../src/adapters/dynamodb/slot-counts.ts';
import { DynamoSuppressionStore } from '../../src/adapters/dynamodb/suppression-store.ts';
import type { Attempt, Call } from '../../src/calls/call.ts';
import { type CallEvent, IllegalTransitionError, steps, transition } from '../../src/calls/lifecycle.ts';
import type { IdempotentRequest } from '../../src/calls/ports.ts';
import type { SlotBooking } from '../../src/slots/ports.ts';
import { enginesHere } from '../support/engines.ts';
import { Prng } from '../support/prng.ts';
import { sampleCall, sampleDecision, sampleFacts, startMs } from '../unit/calls/bench.ts';
import { Ledger } from './model/ledger.ts';

const tables = { calls: 'Calls', suppressions: 'Suppressions', counters: 'Counters' };
const lines = ['billing', 'support'];
const numbers = ['+14155550132', '+14155550133', '+14155550134'];
const stepsCount = 600;
/** The history takes some five hours: the first slots are over in it, the last ones are not. */
const bookings: readonly SlotBooking[] = [1, 2, 8].map((hour) => ({
  fromMs: startMs + hour * 3_600_000,
  toMs: startMs + (hour + 1) * 3_600_000,
  capacity: 2,
}));

/** What the simulation builds on: its model of the tables does what DynamoDB does with the same writes. */
describe.each(enginesHere())('the model of the ledger and %s', (engineName) => {
  it('answer alike to the same random steps, stale ones among them', { timeout: 120_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ringback-parity-'));
    const engine = await startDynamo({ engine: engineName, dataDir: folder });
    const client = await createClient(engine);
    try {
      const pair = new Pair(client);
      const outcomes = new Map<string, number>();

      for (let step = 0; step < stepsCount; step += 1) {
        const [modelled, stored] = await pair.step();
        expect(stored, `step ${step}: ${pair.what}`).toEqual(modelled);
        outcomes.set(`${pair.what} ${JSON.stringify(modelled)}`, step);
      }

      const seen = [...outcomes.keys()].join('\n');
      for (const outcome of [
        '"accepted"',
        '"open"',
        '"key-used"',
        'committed',
        'conflict',
        'suppressed',
        'cap-moved',
        'accept "slot-taken"',
        'rescheduled "slot-taken"',
      ]) {
        expect(seen).toContain(outcome);
      }
    } finally {
      client.destroy();
      await engine.close();
      await rm(folder, { recursive: true });
    }
  });
});

interface Known {
  readonly call: Call;
  readonly attempt?: Attempt;
}

/** The same steps for both, chosen by what both have shown so far. */
class Pair {
  what = '';
  readonly #chance = new Prng('parity');
  readonly #ledger: Ledger;
  readonly #store: DynamoCallStore;
  readonly #facts: DynamoDialFacts;
  readonly #list: DynamoSuppressionStore;
  readonly #counts: DynamoSlotCounts;
  readonly #known: Known[] = [];
  #nowMs = startMs;
  #calls = 0;

  constructor(client: DynamoDBClient) {
    this.#ledger = new Ledger({ callWritten: () => undefined }, () => this.#nowMs);
    this.#store = new DynamoCallStore(client, tables, 86_400_000);
    this.#facts = new DynamoDialFacts(client, tables, (error) => {
      throw error;
    });
    this.#list = new DynamoSuppressionStore(client, tables.suppressions);
    this.#counts = new DynamoSlotCounts(client, tables.counters);
  }

  /** Takes one step on both sides. @returns what each has to say about it. */
  async step(): Promise<[modelled: unknown, stored: unknown]> {
    this.#nowMs += this.#chance.int(1, 60_000);
    const draw = this.#chance.next();
    if (draw < 0.12 || this.#known.length === 0) return this.#accept();
    if (draw < 0.2) return this.#suppress();
    if (draw < 0.25) return this.#remember();
    if (draw < 0.35) return this.#read();
    return this.#commit();
  }

  async #accept(): Promise<[unknown, unknown]> {
    this.#calls += 1;
    const isRefused = this.#chance.chance(0.2);
    const call = sampleCall({
      id: `0199a3c1-5f0e-7cc3-9d5b-${String(this.#calls).padStart(12, '0')}`,
      number: this.#chance.pick(numbers),
      line: this.#chance.pick(lines),
      requestedAtMs: this.#nowMs,
    });
    const { checkAtMs: _none, ...ended } = call;
    const booking = !isRefused && this.#chance.chance(0.6) ? this.#chance.pick(bookings) : undefined;
    const slot = booking && { fromMs: booking.fromMs, toMs: booking.toMs };
    const taken: Call = isRefused
      ? { ...ended, status: 'refused', outcome: 'not-callable', endedAtMs: this.#nowMs }
      : { ...call, ...(slot && { slot }) };
    const request = this.#chance.chance(0.5) ? this.#request() : undefined;
    const decision = sampleDecision(sampleFacts(this.#nowMs));
    this.what = 'accept';
    const modelled = this.#ledger.accept(taken, decision, request, { booking });
    const stored = await this.#store.accept(taken, decision, request, { booking });
    if (modelled.outcome === 'accepted') this.#known.push({ call: taken });
    return this.#anonymous(modelled, stored);
  }

  /** Ids of calls differ from step to step; which call is meant is compared, not shown. */
  #anonymous(modelled: unknown, stored: unknown): [unknown, unknown] {
    const same = JSON.stringify(modelled) === JSON.stringify(stored);
    const outcome = (of: unknown): unknown => (of as { outcome: unknown }).outcome;
    return same ? [outcome(modelled), outcome(stored)] : [modelled, stored];
  }

  async #suppress(): Promise<[unknown, unknown]> {
    const number = this.#chance.pick(numbers);
    if (this.#chance.chance(0.5)) {
      this.what = 'remove';
      const removal = { reason: 'mistake', removedBy: 'operator:1', removedAtMs: this.#nowMs };
      return [this.#ledger.suppressions.delete(number), await this.#list.remove(number, removal)];
    }
    this.what = 'suppress';
    const entry = { number, list: 'internal', reason: 'asked', source: 'phone', addedBy: 'operator:1' };
    const added = !this.#ledger.suppressions.has(number);
    if (added) this.#ledger.suppressions.set(number, { ...entry, addedAtMs: this.#nowMs });
    const stored = await this.#list.add({ ...entry, addedAtMs: this.#nowMs });
    return [added, stored.added];
  }

  async #remember(): Promise<[unknown, unknown]> {
    this.what = 'remember';
    const request = this.#request();
    const { call } = this.#chance.pick(this.#known);
    const modelled = this.#ledger.remember(request, call.id, this.#nowMs);
    return [modelled, await this.#store.remember(request, call.id, this.#nowMs)];
  }

  async #read(): Promise<[unknown, unknown]> {
    this.what = 'read';
    const { call } = this.#chance.pick(this.#known);
    const { keySha256 } = this.#request();
    const { fromMs, toMs } = this.#chance.pick(bookings);
    const facts = await this.#facts.read(call.number, 'request', { line: call.line, slot: { fromMs, toMs } });
    const starts = bookings.map((booking) => booking.fromMs);
    const counts = await this.#counts.read(call.line, starts);
    const listed = this.#ledger.suppressions.has(call.number) ? 'listed' : 'clear';
    return [
      plain([
        this.#ledger.get(call.id),
        this.#ledger.record(call.id)?.decisions.length,
        this.#ledger.openCallIds(call.number, lines).toSorted(),
        this.#ledger.due(this.#nowMs, 100, 0).toSorted(),
        this.#ledger.requests.get(keySha256),
        this.#ledger.attemptLog(call.number),
        listed,
        this.#ledger.slotTaken(call.line, fromMs),
        starts.map((startsMs) => this.#ledger.slotTaken(call.line, startsMs)),
      ]),
      plain([
        await this.#store.get(call.id),
        (await this.#store.record(call.id))?.decisions.length,
        [...(await this.#store.openCallIds(call.number, lines))].toSorted(),
        [...(await this.#store.due(this.#nowMs, 100))].toSorted(),
        await this.#store.find(keySha256),
        facts.attemptLog,
        facts.lists[0]?.state,
        facts.slotTaken,
        starts.map((startsMs) => counts.get(startsMs) ?? 0),
      ]),
    ];
  }

  /** A change of a call as somebody has read it, of which much may not be true any more. */
  async #commit(): Promise<[unknown, unknown]> {
    const recent = this.#known.slice(-12);
    const known = this.#chance.chance(0.8) ? this.#newest(this.#chance.pick(recent)) : this.#chance.pick(this.#known);
    const event = this.#event(known);
    const log = this.#ledger.attemptLog(known.call.number);
    const seen = this.#chance.chance(0.8) ? log : { ...log, version: Math.max(0, log.version - 1) };
    this.what = event.type;
    try {
      const change = transition(known.call, known.attempt, event);
      const modelled = this.#ledger.commit(change, seen);
      const stored = await this.#store.commit(change, seen);
      if (modelled === 'committed') {
        const attempt = change.attempt?.next ?? known.attempt;
        this.#known.push({ call: change.call, ...(attempt && { attempt }) });
      }
      return [modelled, stored];
    } catch (error) {
      if (!(error instanceof IllegalTransitionError)) throw error;
      return this.#read();
    }
  }

  #newest({ call }: Known): Known {
    return this.#ledger.get(call.id) ?? { call };
  }

  #request(): IdempotentRequest {
    const keySha256 = `key-${this.#chance.int(1, 8)}`;
    return { keySha256, requestSha256: 'r', tokenSalt: 's', expiresAtMs: this.#nowMs + 3_600_000 };
  }

  /** An event that fits what is known, each kind as likely as the other. */
  #event({ call, attempt }: Known): CallEvent {
    const atMs = this.#nowMs;
    const decision = sampleDecision(sampleFacts(atMs));
    const detail = 'detail';
    const events: readonly CallEvent[] = [
      { type: 'armed', atMs },
      { type: 'deferred', atMs, untilMs: atMs + 60_000, decision },
      { type: 'rescheduled', atMs, dueAtMs: atMs, expiresAtMs: atMs + 60_000, decision },
      ...bookings.map(
        (booking): CallEvent => ({
          type: 'rescheduled',
          atMs,
          dueAtMs: booking.fromMs,
          expiresAtMs: booking.toMs,
          decision,
          booking,
        }),
      ),
      { type: 'claimed', atMs, decision },
      { type: 'claimed', atMs: atMs + 1, decision },
      { type: 'marked-sent', atMs },
      { type: 'not-sent', atMs, retryAtMs: atMs, detail },
      { type: 'placed', atMs, taskId: 'task-1' },
      { type: 'rejected', atMs, detail },
      { type: 'not-answered', atMs, detail, checkAtMs: atMs },
      { type: 'found-absent', atMs, next: { do: 'send-again', atMs } },
      { type: 'answered', atMs, checkAtMs: atMs },
      { type: 'went-unanswered', atMs, outcome: 'unanswered' },
      { type: 'retried', atMs, dueAtMs: atMs },
      { type: 'finished', atMs, outcome: 'connected' },
      { type: 'cancelled', atMs, by: 'person' },
      { type: 'expired', atMs, decision },
      { type: 'refused', atMs, outcome: 'suppressed', decision },
      { type: 'checked', atMs, checkAtMs: atMs },
    ];
    const fitting = events.filter(({ type }) => {
      const step = steps[type];
      const fits = step.attempt === undefined || step.attempt.from.length === 0;
      return step.from.includes(call.status) && (fits || (attempt && step.attempt?.from.includes(attempt.status)));
    });
    return this.#chance.pick(fitting.length > 0 ? fitting : events);
  }
}

/** Without the fields that are undefined on one side and absent on the other. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

async function createClient(engine: DynamoEngine): Promise<DynamoDBClient> {
  const options = {
    endpoint: engine.url.href,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const tableClient = new TableClient(options);
  const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' }) as const;
  const number = (AttributeName: string) => ({ AttributeName, AttributeType: 'N' }) as const;
  const keyed = (pk: string, sk?: string) => [
    { AttributeName: pk, KeyType: 'HASH' as const },
    ...(sk ? [{ AttributeName: sk, KeyType: 'RANGE' as const }] : []),
  ];
  const create = (
    TableName: string,
    more: Pick<
      ConstructorParameters<typeof CreateTableCommand>[0],
      'KeySchema' | 'AttributeDefinitions' | 'GlobalSecondaryIndexes'
    >,
  ) => tableClient.send(new CreateTableCommand({ TableName, BillingMode: 'PAY_PER_REQUEST', ...more }));
  await create(tables.calls, {
    KeySchema: keyed('pk', 'sk'),
    AttributeDefinitions: [
      text('pk'),
      text('sk'),
      text('number'),
      number('requestedAtMs'),
      text('checkShard'),
      number('checkAtMs'),
    ],
    GlobalSecondaryIndexes: [
      { IndexName: 'byNumber', KeySchema: keyed('number', 'requestedAtMs'), Projection: { ProjectionType: 'ALL' } },
      {
        IndexName: 'byCheck',
        KeySchema: keyed('checkShard', 'checkAtMs'),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  });
  await create(tables.suppressions, { KeySchema: keyed('pk', 'sk'), AttributeDefinitions: [text('pk'), text('sk')] });
  await create(tables.counters, { KeySchema: keyed('pk'), AttributeDefinitions: [text('pk')] });
  tableClient.destroy();
  return new DynamoDBClient(options);
}
