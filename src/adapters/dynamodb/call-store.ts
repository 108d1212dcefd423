import {
  type DynamoDBClient,
  BatchGetItemCommand,
  type CancellationReason,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Attempt, type Call, type CallRecord, isFinal } from '../../calls/call.ts';
import type { Change } from '../../calls/lifecycle.ts';
import type {
  AcceptOutcome,
  AcceptWith,
  AttemptLog,
  CallStore,
  CommitOutcome,
  IdempotencyRecords,
  IdempotentRequest,
} from '../../calls/ports.ts';
import type { Decision } from '../../policy/types.ts';
import type { SlotBooking } from '../../slots/ports.ts';
import { countAttempt, uncountAttempt } from './attempt-log.ts';
import {
  type Item,
  attemptItem,
  callItem,
  checkShards,
  decisionItem,
  item,
  key,
  keys,
  readAttempt,
  readCall,
  readDecision,
  ttl,
} from './call-item.ts';
import { ChargeWrites } from './request-charge.ts';
import { queryAll } from './query-all.ts';
import { DynamoSlotCounts } from './slot-counts.ts';
import { givePlaceBack, takePlace } from './slot-places.ts';
import { suppressionKey } from './suppression-store.ts';
import {
  type ContentionRules,
  type TransactOutcome,
  contentionRules,
  transact,
  transactContended,
} from './transact.ts';

/** A call has some dozens of attempts and decisions, of a few kilobytes each. */
const recordPagesMax = 10;

export interface CallTables {
  readonly calls: string;
  readonly suppressions: string;
  readonly counters: string;
}

/** The ledger in DynamoDB: one item a call, attempt, decision and lock; what must agree goes in one transaction. */
export class DynamoCallStore implements CallStore, IdempotencyRecords {
  readonly #client: DynamoDBClient;
  readonly #tables: CallTables;
  readonly #retentionMs: number;
  readonly #contention: ContentionRules;

  constructor(client: DynamoDBClient, tables: CallTables, retentionMs: number, contention = contentionRules) {
    this.#client = client;
    this.#tables = tables;
    this.#retentionMs = retentionMs;
    this.#contention = contention;
  }

  async accept(
    call: Call,
    decision: Decision,
    request?: IdempotentRequest,
    { booking, charge }: AcceptWith = {},
  ): Promise<AcceptOutcome> {
    const lock = keys.lock(call.number, call.line);
    const TableName = this.#tables.calls;
    const writes: TransactWriteItem[] = [
      { Put: { TableName, Item: callItem(call, this.#retentionMs), ConditionExpression: 'attribute_not_exists(pk)' } },
      { Put: { TableName, Item: decisionItem(call, decision, this.#retentionMs) } },
    ];
    const lockAt = isFinal(call.status) ? undefined : writes.length;
    if (lockAt !== undefined) {
      writes.push({
        Put: {
          TableName,
          Item: item({ ...lock, callId: call.id }),
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      });
    }
    if (request) writes.push({ Put: requestPut(TableName, request, call.id, call.requestedAtMs) });
    const placeAt = writes.length;
    if (booking) writes.push(takePlace(this.#tables.counters, call.line, booking));
    const charged = charge && new ChargeWrites(this.#tables.counters, charge);
    const reasons = await this.#write((round) => [...writes, ...(charged?.items(round) ?? [])], {
      line: call.line,
      take: booking,
      isContended: booking !== undefined || charged !== undefined,
    });
    if (reasons === 'written') return { outcome: 'accepted' };
    if (reasons === 'over') return { outcome: 'slot-taken' };
    const lockReason = lockAt === undefined ? undefined : reasons[lockAt];
    if (lockReason?.Code === 'ConditionalCheckFailed') {
      const open = lockReason.Item ?? (await this.#getItem(keys.lock(call.number, call.line)));
      return open?.['callId']?.S ? { outcome: 'open', callId: open['callId'].S } : { outcome: 'key-used' };
    }
    const failed = ({ Code }: CancellationReason): boolean => Code === 'ConditionalCheckFailed';
    if (reasons.slice(0, placeAt).some(failed)) return { outcome: 'key-used' };
    if (booking && reasons.slice(placeAt, writes.length).some(failed)) return { outcome: 'slot-taken' };
    const refusal = charged?.refusalIn(reasons.slice(writes.length));
    return refusal ? { outcome: 'screened', refusal } : { outcome: 'key-used' };
  }

  async commit(change: Change, attemptLog?: AttemptLog): Promise<CommitOutcome> {
    const { call } = change;
    const TableName = this.#tables.calls;
    const writes: TransactWriteItem[] = [
      {
        Put: {
          TableName,
          Item: callItem(call, this.#retentionMs),
          ConditionExpression: '#version = :version AND #status = :status',
          ExpressionAttributeNames: { '#version': 'version', '#status': 'status' },
          ExpressionAttributeValues: {
            ':version': { N: String(change.from.version) },
            ':status': { S: change.from.status },
          },
        },
      },
    ];
    if (change.attempt) {
      const Item = attemptItem(change.attempt.next, call, this.#retentionMs);
      writes.push(attemptWrite(TableName, Item, change.attempt.from));
    }
    if (change.decision)
      writes.push({ Put: { TableName, Item: decisionItem(call, change.decision, this.#retentionMs) } });
    if (change.releasesLock) {
      writes.push({
        Delete: {
          TableName,
          Key: key(keys.lock(call.number, call.line)),
          ConditionExpression: 'attribute_not_exists(pk) OR callId = :call',
          ExpressionAttributeValues: { ':call': { S: call.id } },
        },
      });
    }
    const capAt = writes.length;
    if (change.capCount) writes.push(capWrite(this.#tables.counters, call.number, change.capCount, attemptLog));
    const suppressedAt = writes.length;
    if (change.unlessSuppressed) {
      writes.push({
        ConditionCheck: {
          TableName: this.#tables.suppressions,
          Key: suppressionKey(call.number),
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      });
    }
    const placeAt = writes.length;
    const { take, giveBack } = change.slots ?? {};
    if (take) writes.push(takePlace(this.#tables.counters, call.line, take));
    if (giveBack) writes.push(givePlaceBack(this.#tables.counters, call.line, giveBack));
    const reasons = await this.#write(() => writes, { line: call.line, take, isContended: change.slots !== undefined });
    if (reasons === 'written') return 'committed';
    if (reasons === 'over') return 'slot-taken';
    const failed = (index: number): boolean => reasons[index]?.Code === 'ConditionalCheckFailed';
    if (failed(0) || (change.attempt && failed(1))) return 'conflict';
    if (change.unlessSuppressed && failed(suppressedAt)) return 'suppressed';
    if (take && failed(placeAt)) return 'slot-taken';
    return change.capCount && failed(capAt) ? 'cap-moved' : 'conflict';
  }

  async get(callId: string): Promise<{ call: Call; attempt?: Attempt } | undefined> {
    const stored = await this.#getItem(keys.call(callId));
    if (!stored) return undefined;
    const call = readCall(stored);
    if (call.attemptCount === 0) return { call };
    const attempt = await this.#getItem(keys.attempt(callId, call.attemptCount));
    return { call, ...(attempt && { attempt: readAttempt(attempt) }) };
  }

  async record(callId: string): Promise<CallRecord | undefined> {
    const items = await queryAll(
      this.#client,
      {
        TableName: this.#tables.calls,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: keys.call(callId).pk } },
        ConsistentRead: true,
      },
      {
        read: (stored) => stored,
        pagesMax: recordPagesMax,
        tooMany: () => new Error(`The record of call ${callId} has more than ${recordPagesMax} pages.`),
      },
    );
    const of = (prefix: string): Item[] => items.filter((stored) => stored['sk']?.S?.startsWith(prefix));
    const [call] = of('CALL');
    if (!call) return undefined;
    return {
      call: readCall(call),
      attempts: of('ATTEMPT#').map(readAttempt),
      decisions: of('DECISION#').map(readDecision),
    };
  }

  async findByNumber(number: string, limit: number): Promise<readonly Call[]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#tables.calls,
        IndexName: 'byNumber',
        KeyConditionExpression: '#number = :number',
        ExpressionAttributeNames: { '#number': 'number' },
        ExpressionAttributeValues: { ':number': { S: number } },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    return Items.map(readCall);
  }

  async openCallIds(number: string, lines: readonly string[]): Promise<readonly string[]> {
    const Keys = lines.map((line) => key(keys.lock(number, line)));
    const read = await this.#client.send(
      new BatchGetItemCommand({ RequestItems: { [this.#tables.calls]: { Keys, ConsistentRead: true } } }),
    );
    if (read.UnprocessedKeys?.[this.#tables.calls]) throw new Error('The locks of a number could not all be read.');
    return (read.Responses?.[this.#tables.calls] ?? []).flatMap((lock) => lock['callId']?.S ?? []);
  }

  async due(atMs: number, limit: number): Promise<readonly string[]> {
    const found = await Promise.all(
      checkShards.map((shard) =>
        this.#client.send(
          new QueryCommand({
            TableName: this.#tables.calls,
            IndexName: 'byCheck',
            KeyConditionExpression: 'checkShard = :shard AND checkAtMs <= :at',
            ExpressionAttributeValues: { ':shard': { S: shard }, ':at': { N: String(atMs) } },
            Limit: limit,
          }),
        ),
      ),
    );
    const byCheckTime = (one: Item, other: Item): number => Number(one['checkAtMs']?.N) - Number(other['checkAtMs']?.N);
    return found
      .flatMap(({ Items = [] }) => Items)
      .toSorted(byCheckTime)
      .slice(0, limit)
      .flatMap((stored) => stored['pk']?.S?.slice('CALL#'.length) ?? []);
  }

  async find(keySha256: string): Promise<(IdempotentRequest & { callId: string }) | undefined> {
    const stored = await this.#getItem(keys.idempotency(keySha256));
    if (!stored) return undefined;
    const { requestSha256, tokenSalt, expiresAtMs, callId, deliverySha256 } = unmarshall(stored);
    return {
      keySha256,
      requestSha256: String(requestSha256),
      tokenSalt: String(tokenSalt),
      expiresAtMs: Number(expiresAtMs),
      callId: String(callId),
      ...(deliverySha256 !== undefined && { deliverySha256: String(deliverySha256) }),
    };
  }

  async remember(request: IdempotentRequest, callId: string, nowMs: number): Promise<'remembered' | 'key-used'> {
    try {
      await this.#client.send(new PutItemCommand(requestPut(this.#tables.calls, request, callId, nowMs)));
      return 'remembered';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'key-used';
      throw error;
    }
  }

  async #getItem(of: { pk: string; sk: string }): Promise<Item | undefined> {
    const { Item: stored } = await this.#client.send(
      new GetItemCommand({ TableName: this.#tables.calls, Key: key(of), ConsistentRead: true }),
    );
    return stored;
  }

  /** Writes to a count that many write at once, of a slot or of the abuse screen, are tried for longer. */
  async #write(
    items: (round: number) => TransactWriteItem[],
    of: { readonly line: string; readonly take: SlotBooking | undefined; readonly isContended: boolean },
  ): Promise<TransactOutcome | 'over'> {
    const { line, take } = of;
    if (!of.isContended) return transact(this.#client, items(0));
    const counts = new DynamoSlotCounts(this.#client, this.#tables.counters);
    const isFull = async (): Promise<boolean> =>
      take !== undefined && ((await counts.read(line, [take.fromMs])).get(take.fromMs) ?? 0) >= take.capacity;
    return transactContended(this.#client, items, isFull, this.#contention);
  }
}

/** The answer to a key, which stays until it expires. */
function requestPut(
  TableName: string,
  request: IdempotentRequest,
  callId: string,
  nowMs: number,
): NonNullable<TransactWriteItem['Put']> {
  return {
    TableName,
    Item: item({ ...keys.idempotency(request.keySha256), ...request, callId, ...ttl(request.expiresAtMs) }),
    ConditionExpression: 'attribute_not_exists(pk) OR expiresAtMs <= :now',
    ExpressionAttributeValues: { ':now': { N: String(nowMs) } },
  };
}

function attemptWrite(TableName: string, Item: Item, from: Attempt['status'] | undefined): TransactWriteItem {
  if (from === undefined) return { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } };
  return {
    Put: {
      TableName,
      Item,
      ConditionExpression: '#status = :from',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':from': { S: from } },
    },
  };
}

function capWrite(
  table: string,
  number: string,
  count: NonNullable<Change['capCount']>,
  log: AttemptLog | undefined,
): TransactWriteItem {
  if ('remove' in count)
    return uncountAttempt(table, number, [count.remove, ...(count.removeToo === undefined ? [] : [count.removeToo])]);
  if (!log) throw new TypeError('A change that counts an attempt needs the attempt log that the verdict saw.');
  return countAttempt(table, log, count.add);
}
