import { randomUUID } from 'node:crypto';
import type { InvocationOutcome } from '../../contracts.ts';
import { AwsServiceError } from '../aws-client.ts';
import type { ShardCheckpoint } from './checkpoints.ts';
import { type NextStep, nextStep, type PendingBatch, type StreamRecord } from './stream-batches.ts';
import { toFunctionRecord } from './function-record.ts';
import type { StreamMapping } from './stream-mapping.ts';

export interface StreamShardOptions {
  readonly shardId: string;
  readonly mapping: StreamMapping;
  readonly checkpoint: ShardCheckpoint;
  readonly save: (checkpoint: ShardCheckpoint) => Promise<void>;
  readonly call: <T>(operation: 'GetShardIterator' | 'GetRecords', input: Record<string, unknown>) => Promise<T>;
  readonly passes: (record: StreamRecord) => boolean;
  readonly invoke: (records: readonly StreamRecord[]) => Promise<InvocationOutcome>;
  readonly discard: (body: unknown) => Promise<void>;
  readonly pause: (durationMs: number) => Promise<void>;
  readonly signal: AbortSignal;
  readonly complain: (error: unknown) => void;
}

interface RecordsPage {
  readonly Records: readonly StreamRecord[];
  readonly NextShardIterator?: string;
}

/** Lambda looks four times a second; a shorter pause here keeps a form's way to its task short. */
const EMPTY_PAUSE_MS = 50;
const ERROR_PAUSE_MS = 1_000;
const RETRY_PAUSES_MS = [200, 500, 1_000, 2_000, 5_000];
const RECORDS_MAX = 1_000;

/** Reads one shard in order: a batch is through, or given up, before the next one starts. */
export class StreamShard {
  readonly #options: StreamShardOptions;
  #sequenceNumber: string | undefined;

  constructor(options: StreamShardOptions) {
    this.#options = options;
    this.#sequenceNumber = options.checkpoint.sequenceNumber;
  }

  /** Resolves when the shard is closed and read to its end, or when the host stops. */
  async read(): Promise<void> {
    const { signal, save, complain, pause } = this.#options;
    let iterator: string | undefined;
    while (!signal.aborted) {
      try {
        iterator ??= await this.#iterator();
        const { records, next } = await this.#gather(iterator);
        if (records.length > 0) await this.#deliver(records);
        if (signal.aborted) return;
        if (next === undefined) {
          await save(this.#checkpoint(true));
          return;
        }
        iterator = next;
      } catch (error) {
        iterator = undefined;
        if (isTrimmed(error)) this.#sequenceNumber = undefined;
        if (!isExpired(error)) complain(error);
        await pause(ERROR_PAUSE_MS);
      }
    }
  }

  async #iterator(): Promise<string> {
    const { shardId, call } = this.#options;
    const position =
      this.#sequenceNumber === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: this.#sequenceNumber };
    const answer = await call<{ ShardIterator: string }>('GetShardIterator', { ShardId: shardId, ...position });
    return answer.ShardIterator;
  }

  /** Reads until the batch is full or the window is over; without a window, what one read brings. */
  async #gather(start: string): Promise<{ records: StreamRecord[]; next: string | undefined }> {
    const { mapping, call, pause, signal } = this.#options;
    const records: StreamRecord[] = [];
    let next: string | undefined = start;
    let endsAtMs = 0;
    do {
      const limit = Math.min(RECORDS_MAX, mapping.batchSize - records.length);
      const page: RecordsPage = await call<RecordsPage>('GetRecords', { ShardIterator: next, Limit: limit });
      if (records.length === 0 && page.Records.length > 0) endsAtMs = Date.now() + mapping.windowMs;
      records.push(...page.Records);
      next = page.NextShardIterator;
      if (page.Records.length === 0) await pause(EMPTY_PAUSE_MS);
    } while (
      next !== undefined &&
      records.length > 0 &&
      records.length < mapping.batchSize &&
      Date.now() < endsAtMs &&
      !signal.aborted
    );
    return { records, next };
  }

  async #deliver(page: readonly StreamRecord[]): Promise<void> {
    const { mapping, passes, signal, invoke, pause } = this.#options;
    const wanted = page.map((record) => toFunctionRecord(record, mapping.streamArn)).filter(passes);
    const pending: PendingBatch[] = wanted.length === 0 ? [] : [{ records: wanted, failures: 0 }];
    let pauses = 0;
    while (pending.length > 0) {
      // What is not through when the host stops is read again at its next start.
      if (signal.aborted) return;
      const [batch, ...later] = pending as [PendingBatch, ...PendingBatch[]];
      const outcome = await invoke(batch.records);
      const step = nextStep(batch, outcome, mapping.retry, Date.now());
      await this.#settle(step, batch, outcome);
      pending.splice(0, pending.length, ...step.again, ...later);
      if (step.pauses) await pause(RETRY_PAUSES_MS[Math.min(pauses++, RETRY_PAUSES_MS.length - 1)] ?? 0);
    }
    await this.#advance(page.at(-1));
  }

  async #settle(step: NextStep, batch: PendingBatch, outcome: InvocationOutcome): Promise<void> {
    const { discarded, finished } = step;
    if (discarded !== undefined) {
      const { records, condition } = discarded;
      this.#options.complain(new Error(`${records.length} records are given up (${condition}).`));
      await this.#options.discard(this.#discardRecord(records, condition, batch.failures + 1, outcome));
    }
    await this.#advance(discarded?.records.at(-1) ?? finished);
  }

  async #advance(record: StreamRecord | undefined): Promise<void> {
    if (record === undefined || record.dynamodb.SequenceNumber === this.#sequenceNumber) return;
    this.#sequenceNumber = record.dynamodb.SequenceNumber;
    await this.#options.save(this.#checkpoint(false));
  }

  #checkpoint(isFinished: boolean): ShardCheckpoint {
    return { isFinished, ...(this.#sequenceNumber === undefined ? {} : { sequenceNumber: this.#sequenceNumber }) };
  }

  /** What Lambda sends to an on-failure destination of a stream: where the records are, not the records. */
  #discardRecord(
    records: readonly StreamRecord[],
    condition: string,
    invocations: number,
    outcome: InvocationOutcome,
  ): unknown {
    const { mapping, shardId } = this.#options;
    const arrival = (record: StreamRecord | undefined): string =>
      new Date((record?.dynamodb.ApproximateCreationDateTime ?? 0) * 1000).toISOString();
    return {
      version: '1.0',
      timestamp: new Date().toISOString(),
      requestContext: {
        requestId: randomUUID(),
        functionArn: mapping.functionArn,
        condition,
        approximateInvokeCount: invocations,
      },
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        ...(outcome.outcome === 'answered' ? {} : { functionError: 'Unhandled' }),
      },
      DDBStreamBatchInfo: {
        shardId,
        startSequenceNumber: records[0]?.dynamodb.SequenceNumber,
        endSequenceNumber: records.at(-1)?.dynamodb.SequenceNumber,
        approximateArrivalOfFirstRecord: arrival(records[0]),
        approximateArrivalOfLastRecord: arrival(records.at(-1)),
        batchSize: records.length,
        streamArn: mapping.streamArn,
      },
    };
  }
}

const isExpired = (error: unknown): boolean =>
  error instanceof AwsServiceError && error.code === 'ExpiredIteratorException';
const isTrimmed = (error: unknown): boolean =>
  error instanceof AwsServiceError && error.code === 'TrimmedDataAccessException';
