import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import type { Clock, EpochMs } from '../../../src/shared/clock.ts';
import { compilePattern, type EventMatcher } from './events/pattern.ts';
import { AwsError } from './shared/aws-error.ts';
import { openDatabase, transaction } from './shared/database.ts';
import { startDueLoop } from './shared/due-loop.ts';
import { type LocalServer, operationOf, startServer } from './shared/server.ts';

export { UnsupportedPatternError } from './events/pattern.ts';

/** A rule of the template. */
export interface EventRule {
  readonly name: string;
  /** @default default */
  readonly busName?: string;
  readonly pattern: unknown;
  readonly enabled: boolean;
}

/** An event as EventBridge hands it to a target. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Hands an event to all targets of a rule, and rejects when that failed. It may be called again for the same event. */
export type DeliverEvent = (ruleName: string, event: BusEvent) => Promise<void>;

export interface EventBusOptions {
  /** The state is in `event-bus.db` in this folder. */
  readonly dataDir: string;
  readonly region: string;
  readonly accountId: string;
  /** Buses of the template beside `default`. */
  readonly busNames?: readonly string[];
  readonly rules: readonly EventRule[];
  readonly deliver: DeliverEvent;
  /** Told of every delivery that failed, in one sentence. */
  readonly onProblem?: (problem: string) => void;
  /** @default the clock of the machine */
  readonly clock?: Pick<Clock, 'nowMs'>;
}

export interface EventBus extends LocalServer {
  /** Looks at once for events that wait; resolves when they were tried. */
  wake(): Promise<void>;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS deliveries (
  id TEXT NOT NULL,
  rule TEXT NOT NULL,
  event TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_ms INTEGER NOT NULL,
  PRIMARY KEY (id, rule)
) STRICT;
CREATE INDEX IF NOT EXISTS deliveries_by_next ON deliveries (next_attempt_ms);
`;

/** AWS: at most 10 entries, and 256 KB together. */
const ENTRIES_MAX = 10;
const ENTRIES_BYTES_MAX = 262_144;
/** AWS: tries for 24 hours and 185 times. */
const ATTEMPTS_MAX = 186;
const AGE_MS_MAX = 86_400_000;
const RETRY_BASE_MS = 1000;
const RETRY_MS_MAX = 60_000;
/** Deliveries at the same time. */
const BATCH = 50;
/** A delivery that has not ended after this long is tried again beside the first try. */
const LEASE_MS = 120_000;

const EntrySchema = z.object({
  Source: z.optional(z.string()),
  DetailType: z.optional(z.string()),
  Detail: z.optional(z.string()),
  EventBusName: z.optional(z.string()),
  Resources: z.optional(z.array(z.string())),
  Time: z.optional(z.number()),
  TraceHeader: z.optional(z.string()),
});
const PutEventsSchema = z.object({ Entries: z.array(EntrySchema).min(1).max(ENTRIES_MAX) });
type Entry = z.infer<typeof EntrySchema>;

const DeliveryRow = z.object({
  id: z.string(),
  rule: z.string(),
  event: z.string(),
  created_ms: z.number(),
  attempts: z.number(),
});

interface EntryFailure {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

const parseDetail = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail)
      ? (detail as Readonly<Record<string, unknown>>)
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
};

const checkEntry = (entry: Entry): EntryFailure | undefined => {
  for (const member of ['Source', 'DetailType', 'Detail'] as const) {
    if (entry[member] === undefined || entry[member] === '') {
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${member} is not valid. Reason: ${member} is a required argument.`,
      };
    }
  }
  return parseDetail(entry.Detail ?? '') === undefined
    ? { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
    : undefined;
};

const busNameOf = (entry: Entry): string => {
  const name = entry.EventBusName ?? 'default';
  return name.slice(name.lastIndexOf('/') + 1);
};

/**
 * Starts a stand-in for an EventBridge bus on an ephemeral loopback port. An accepted event is on disk before the answer,
 * once for each rule that it matches, until the rule's targets took it.
 *
 * @throws UnsupportedPatternError for a rule whose pattern the local bus cannot evaluate.
 */
export const startEventBus = async (options: EventBusOptions): Promise<EventBus> => {
  const { region, accountId, deliver } = options;
  const clock = options.clock ?? { nowMs: () => Date.now() };
  const buses = new Set(['default', ...(options.busNames ?? [])]);
  const rules = options.rules
    .map((rule): { readonly rule: EventRule; readonly matches: EventMatcher } => ({
      rule,
      matches: compilePattern(rule.pattern, `Rule ${rule.name}`),
    }))
    .filter(({ rule }) => rule.enabled);
  const database = openDatabase(join(options.dataDir, 'event-bus.db'), SCHEMA);
  const insert = database.prepare(
    'INSERT INTO deliveries (id, rule, event, created_ms, attempts, next_attempt_ms) VALUES (?, ?, ?, ?, 0, ?)',
  );

  const toEvent = (entry: Entry): BusEvent => ({
    version: '0',
    id: randomUUID(),
    'detail-type': entry.DetailType ?? '',
    source: entry.Source ?? '',
    account: accountId,
    time: `${new Date(entry.Time === undefined ? clock.nowMs() : entry.Time * 1000).toISOString().slice(0, 19)}Z`,
    region,
    resources: entry.Resources ?? [],
    detail: parseDetail(entry.Detail ?? '') ?? {},
  });

  const accept = (entry: Entry): string => {
    const event = toEvent(entry);
    const busName = busNameOf(entry);
    for (const { rule, matches } of buses.has(busName) ? rules : []) {
      if ((rule.busName ?? 'default') === busName && matches(event)) {
        insert.run(event.id, rule.name, JSON.stringify(event), clock.nowMs(), clock.nowMs());
      }
    }
    return event.id;
  };

  const putEvents = (body: unknown): unknown => {
    const parsed = PutEventsSchema.safeParse(body);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new AwsError(
        'ValidationException',
        `${issue?.path.join('.') ?? 'Entries'}: ${issue?.message ?? 'is not valid'}.`,
      );
    }
    const bytes = Buffer.byteLength(JSON.stringify(parsed.data.Entries));
    if (bytes > ENTRIES_BYTES_MAX) {
      throw new AwsError(
        'ValidationException',
        `Total size of the entries is ${bytes} bytes; at most ${ENTRIES_BYTES_MAX} are allowed.`,
      );
    }
    const results = transaction(database, () =>
      parsed.data.Entries.map((entry) => checkEntry(entry) ?? { EventId: accept(entry) }),
    );
    void wake();
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  };

  let stopped = false;
  const postpone = (row: z.infer<typeof DeliveryRow>, attempts: number, nextAttemptMs: EpochMs): void => {
    database
      .prepare('UPDATE deliveries SET attempts = ?, next_attempt_ms = ? WHERE id = ? AND rule = ?')
      .run(attempts, nextAttemptMs, row.id, row.rule);
  };
  const deliverOne = async (row: z.infer<typeof DeliveryRow>): Promise<void> => {
    try {
      await deliver(row.rule, JSON.parse(row.event) as BusEvent);
    } catch (error) {
      options.onProblem?.(
        `Rule ${row.rule}: event ${row.id} could not be delivered: ${error instanceof Error ? error.message : String(error)}`,
      );
      const nowMs = clock.nowMs();
      const attempts = row.attempts + 1;
      if (!stopped && attempts < ATTEMPTS_MAX && nowMs - row.created_ms < AGE_MS_MAX) {
        const delayMs = Math.min(RETRY_BASE_MS * 2 ** Math.min(row.attempts, 16), RETRY_MS_MAX);
        postpone(row, attempts, nowMs + delayMs);
        return;
      }
    }
    if (!stopped) {
      database.prepare('DELETE FROM deliveries WHERE id = ? AND rule = ?').run(row.id, row.rule);
    }
  };
  const inFlight = new Set<Promise<void>>();
  const launchDue = (): void => {
    const due = database
      .prepare('SELECT * FROM deliveries WHERE next_attempt_ms <= ? ORDER BY next_attempt_ms LIMIT ?')
      .all(clock.nowMs(), BATCH - inFlight.size);
    for (const row of due.map((found) => DeliveryRow.parse(found))) {
      postpone(row, row.attempts, clock.nowMs() + LEASE_MS);
      const run = deliverOne(row).finally(() => {
        inFlight.delete(run);
        void loop.wake();
      });
      inFlight.add(run);
    }
  };
  // After a crash nobody holds the events that were being delivered.
  database.prepare('UPDATE deliveries SET next_attempt_ms = MIN(next_attempt_ms, ?)').run(clock.nowMs());
  const loop = startDueLoop({
    nowMs: () => clock.nowMs(),
    nextDueMs: (): EpochMs | undefined =>
      z
        .object({ earliest: z.nullable(z.number()) })
        .parse(database.prepare('SELECT MIN(next_attempt_ms) AS earliest FROM deliveries').get()).earliest ?? undefined,
    runDue: async () => launchDue(),
  });
  const wake = async (): Promise<void> => {
    await loop.wake();
    await Promise.all(inFlight);
  };

  const server = await startServer('aws-json', (request) => {
    const operation = operationOf(request);
    if (operation !== 'PutEvents') {
      throw new AwsError(
        'UnknownOperationException',
        `The local event bus does not know the operation "${operation}".`,
      );
    }
    return putEvents(request.body);
  });
  return {
    url: server.url,
    wake,
    close: async () => {
      await server.close();
      stopped = true;
      await loop.stop();
      database.close();
    },
  };
};
