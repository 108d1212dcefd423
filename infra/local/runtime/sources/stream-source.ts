import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionInvoker } from '../../contracts.ts';
import { AwsServiceError, callAws } from '../aws-client.ts';
import { Checkpoints } from './checkpoints.ts';
import { compileFilters } from './filters.ts';
import type { EventMatcher } from '../../services/events/pattern.ts';
import { StreamShard } from './stream-shard.ts';
import type { StreamRecord } from './stream-batches.ts';
import type { StreamMapping } from './stream-mapping.ts';

export interface StreamSourceOptions {
  readonly mapping: StreamMapping;
  /** The database engine itself: a shard iterator names no stream, so the gate is asked by {@link authorize}. */
  readonly engine: URL;
  readonly adminKey: string;
  readonly checkpointFile: string;
  readonly functions: FunctionInvoker;
  /** Whether the function's role may do this with the stream; recorded as used or denied. */
  readonly authorize: (action: string, resource: string) => { readonly allowed: boolean; readonly message?: string };
  readonly sendToDestination: (destinationArn: string, body: unknown) => Promise<void>;
  readonly report: (problem: string) => void;
}

interface ShardDescription {
  readonly ShardId: string;
  readonly ParentShardId?: string;
}

interface StreamDescription {
  readonly StreamDescription: { readonly Shards?: readonly ShardDescription[]; readonly LastEvaluatedShardId?: string };
}

/** New shards appear when one is closed, every few hours; a look each few seconds finds them. */
const DISCOVERY_PAUSE_MS = 3_000;
const ERROR_PAUSE_MS = 1_000;

/** A call to the stream that the function's role does not allow. */
export class StreamAccessError extends Error {
  override readonly name = 'StreamAccessError';
}

/** Reads all shards of one table's stream for one function, as Lambda's event source mapping does. */
export class StreamSource {
  readonly #options: StreamSourceOptions;
  readonly #filters: readonly EventMatcher[];
  readonly #stop = new AbortController();
  readonly #shards = new Map<string, Promise<void>>();
  #loop: Promise<void> | undefined;

  constructor(options: StreamSourceOptions) {
    this.#options = options;
    this.#filters = compileFilters(options.mapping.path, options.mapping.filters);
  }

  /** Resolves when every record written from now on will reach the function. */
  async start(): Promise<void> {
    const { mapping, engine, adminKey, authorize } = this.#options;
    authorize('dynamodb:ListStreams', mapping.streamArn);
    const table = await callAws<{ Table: { LatestStreamArn?: string } }>(
      engine,
      adminKey,
      'dynamodb',
      'DescribeTable',
      {
        TableName: mapping.tableName,
      },
    );
    const streamArn = table.Table.LatestStreamArn;
    if (streamArn === undefined) throw new Error(`The table ${mapping.tableName} has no stream in the data folder.`);
    const checkpoints = new Checkpoints(this.#options.checkpointFile, streamArn);
    if (!checkpoints.isResumed && mapping.startsAt === 'LATEST') await this.#skipToEnd(streamArn, checkpoints);
    await checkpoints.save();
    this.#loop = this.#discover(streamArn, checkpoints);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
    await Promise.all(this.#shards.values());
  }

  async #discover(streamArn: string, checkpoints: Checkpoints): Promise<void> {
    while (!this.#stop.signal.aborted) {
      let pauseMs = DISCOVERY_PAUSE_MS;
      try {
        const shards = await this.#listShards(streamArn);
        checkpoints.keepOnly(new Set(shards.map(({ ShardId }) => ShardId)));
        this.#startReady(shards, streamArn, checkpoints);
      } catch (error) {
        this.#complain(error);
        pauseMs = ERROR_PAUSE_MS;
      }
      await this.#pause(pauseMs);
    }
  }

  /** A shard is read after its parent: the order of an item's changes must hold across a split. */
  #startReady(shards: readonly ShardDescription[], streamArn: string, checkpoints: Checkpoints): void {
    const listed = new Set(shards.map(({ ShardId }) => ShardId));
    for (const { ShardId, ParentShardId } of shards) {
      const parentIsRead =
        ParentShardId === undefined || !listed.has(ParentShardId) || checkpoints.of(ParentShardId).isFinished;
      if (!parentIsRead || checkpoints.of(ShardId).isFinished || this.#shards.has(ShardId)) continue;
      const shard = this.#shard(ShardId, streamArn, checkpoints);
      const reading = shard
        .read()
        .catch((error: unknown) => this.#complain(error))
        .finally(() => {
          this.#shards.delete(ShardId);
          // The children of a shard that ended need not wait for the next look.
          if (!this.#stop.signal.aborted && checkpoints.of(ShardId).isFinished)
            this.#startReady(shards, streamArn, checkpoints);
        });
      this.#shards.set(ShardId, reading);
    }
  }

  #shard(shardId: string, streamArn: string, checkpoints: Checkpoints): StreamShard {
    const { mapping, functions, sendToDestination } = this.#options;
    return new StreamShard({
      shardId,
      mapping,
      checkpoint: checkpoints.of(shardId),
      save: (checkpoint) => checkpoints.set(shardId, checkpoint),
      call: (operation, input) =>
        this.#call(operation, { ...input, ...(operation === 'GetShardIterator' ? { StreamArn: streamArn } : {}) }),
      passes: (record) => this.#passes(record),
      invoke: (records) => functions.invoke(mapping.functionArn, { Records: records }),
      discard: async (body) => {
        if (mapping.onFailureArn !== undefined) await sendToDestination(mapping.onFailureArn, body);
      },
      pause: (durationMs) => this.#pause(durationMs),
      signal: this.#stop.signal,
      complain: (error) => this.#complain(error),
    });
  }

  async #listShards(streamArn: string): Promise<ShardDescription[]> {
    const shards: ShardDescription[] = [];
    let after: string | undefined;
    do {
      const { StreamDescription: page }: StreamDescription = await this.#call('DescribeStream', {
        StreamArn: streamArn,
        ...(after === undefined ? {} : { ExclusiveStartShardId: after }),
      });
      shards.push(...(page.Shards ?? []));
      after = page.LastEvaluatedShardId;
    } while (after !== undefined);
    return shards;
  }

  /** Marks everything that is in the stream already as read, once: a mapping that starts at LATEST never saw it. */
  async #skipToEnd(streamArn: string, checkpoints: Checkpoints): Promise<void> {
    for (const { ShardId } of await this.#listShards(streamArn)) {
      const start = await this.#call<{ ShardIterator: string }>('GetShardIterator', {
        StreamArn: streamArn,
        ShardId,
        ShardIteratorType: 'TRIM_HORIZON',
      });
      let iterator: string | undefined = start.ShardIterator;
      let sequenceNumber: string | undefined;
      while (iterator !== undefined) {
        const page: { Records: StreamRecord[]; NextShardIterator?: string } = await this.#call('GetRecords', {
          ShardIterator: iterator,
        });
        sequenceNumber = page.Records.at(-1)?.dynamodb.SequenceNumber ?? sequenceNumber;
        iterator = page.Records.length === 0 ? undefined : page.NextShardIterator;
      }
      await checkpoints.set(ShardId, {
        isFinished: false,
        ...(sequenceNumber === undefined ? {} : { sequenceNumber }),
      });
    }
  }

  #passes(record: StreamRecord): boolean {
    return this.#filters.length === 0 || this.#filters.some((matches) => matches(record));
  }

  async #call<T>(operation: string, input: Record<string, unknown>): Promise<T> {
    const { engine, adminKey, mapping, authorize } = this.#options;
    const decision = authorize(`dynamodb:${operation}`, mapping.streamArn);
    if (!decision.allowed) throw new StreamAccessError(decision.message ?? `dynamodb:${operation} is not allowed.`);
    return callAws<T>(engine, adminKey, 'streams', operation, input);
  }

  async #pause(durationMs: number): Promise<void> {
    // An abort ends the pause early; the loops look at the signal themselves.
    await sleep(durationMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }

  #complain(error: unknown): void {
    const isClosing = this.#stop.signal.aborted && !(error instanceof AwsServiceError);
    if (!isClosing)
      this.#options.report(`${this.#options.mapping.path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
