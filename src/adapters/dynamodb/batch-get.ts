import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  type KeysAndAttributes,
} from '@aws-sdk/client-dynamodb';

type Keys = Readonly<Record<string, KeysAndAttributes>>;
type Read = Pick<BatchGetItemCommandOutput, 'Responses' | 'UnprocessedKeys'>;

/** Sends one BatchGetItem. */
export type BatchGet = (requestItems: Keys) => Promise<Read>;

export const batchGetOf =
  (client: DynamoDBClient): BatchGet =>
  (RequestItems) =>
    client.send(new BatchGetItemCommand({ RequestItems: { ...RequestItems } }));

interface Waiting {
  readonly asked: Keys;
  readonly resolve: (read: Read) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends what is asked for at the same time in one request. Where that fails or leaves something unread, each goes on its own, so
 * that what one reader may not have takes nothing from the other.
 * The keys of a table must be of one kind, and no key may be asked for twice at the same time: DynamoDB refuses that.
 */
export function joinedBatchGet(send: BatchGet): BatchGet {
  let waiting: Waiting[] = [];
  const flush = (): void => {
    const joined = waiting;
    waiting = [];
    void answerAll(send, joined);
  };
  return (asked) =>
    new Promise<Read>((resolve, reject) => {
      if (waiting.length === 0) queueMicrotask(flush);
      waiting.push({ asked, resolve, reject });
    });
}

async function answerAll(send: BatchGet, waiting: readonly Waiting[]): Promise<void> {
  const alone = ({ asked, resolve, reject }: Waiting): Promise<void> => send(asked).then(resolve, reject);
  const [only, ...others] = waiting;
  if (only && others.length === 0) return alone(only);
  const read = await send(joined(waiting)).catch(() => undefined);
  if (!read || Object.keys(read.UnprocessedKeys ?? {}).length > 0) {
    await Promise.all(waiting.map(alone));
    return;
  }
  for (const { asked, resolve } of waiting) resolve(partOf(read, asked));
}

function joined(waiting: readonly Waiting[]): Keys {
  const all: Record<string, KeysAndAttributes> = {};
  for (const { asked } of waiting) {
    for (const [table, { Keys, ConsistentRead }] of Object.entries(asked)) {
      const before = all[table];
      all[table] = {
        Keys: [...(before?.Keys ?? []), ...(Keys ?? [])],
        ConsistentRead: before?.ConsistentRead === true || ConsistentRead === true,
      };
    }
  }
  return all;
}

function partOf({ Responses = {} }: Read, asked: Keys): Read {
  const parts = Object.entries(asked).map(([table, { Keys = [] }]) => {
    const items = (Responses[table] ?? []).filter((item) => Keys.some((key) => hasKey(item, key)));
    return [table, items] as const;
  });
  return { Responses: Object.fromEntries(parts), UnprocessedKeys: {} };
}

const hasKey = (item: Record<string, AttributeValue>, key: Record<string, AttributeValue>): boolean =>
  Object.entries(key).every(([name, value]) => item[name]?.S === value.S);
