import {
  type CancellationReason,
  type DynamoDBClient,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';

/** What cancels a transaction without telling whether its conditions hold: others write the same item right now. */
const contentionCodes: ReadonlySet<string | undefined> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** How a transaction is repeated that many ask for at once. */
export interface ContentionRules {
  /** The function has 10 s, and what comes after needs some of them. */
  readonly tryForMs: number;
  readonly firstPauseMs: number;
  readonly pauseMsMax: number;
  /** 0 to 1; spreads those who wait for the same item. */
  readonly random: () => number;
  readonly nowMs: () => number;
  readonly sleep: (durationMs: number) => Promise<void>;
}

/** Each pause is drawn from the whole span (full jitter); a loop of a few lines, because every cold start of the form pays for a library. */
export const contentionRules: ContentionRules = {
  tryForMs: 5_000,
  firstPauseMs: 20,
  pauseMsMax: 500,
  random: Math.random,
  nowMs: Date.now,
  sleep: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
};

export type TransactOutcome = 'written' | readonly CancellationReason[];

/** Whether a transaction was cancelled by contention alone, so that the same one may still be written. */
export const isContended = (outcome: TransactOutcome): boolean =>
  outcome !== 'written' &&
  outcome.some(({ Code }) => contentionCodes.has(Code)) &&
  !outcome.some(({ Code }) => Code === 'ConditionalCheckFailed');

/** Writes in one transaction, or tells why not, item by item. Throws where it is not the items' state that is in the way. */
export async function transact(client: DynamoDBClient, TransactItems: TransactWriteItem[]): Promise<TransactOutcome> {
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems }));
    return 'written';
  } catch (error) {
    const reasons = error instanceof TransactionCanceledException ? error.CancellationReasons : undefined;
    const expected = reasons?.every(
      ({ Code }) => Code === 'None' || Code === 'ConditionalCheckFailed' || contentionCodes.has(Code),
    );
    if (reasons && expected) return reasons;
    throw error;
  }
}

/**
 * The same for an item that many write at once: tries again for some seconds.
 * @param items of each round, counted from 0: another round may write to another shard of a count
 * @param isOver asked before each repeat; what makes it pointless, such as a slot that is full by now
 */
export async function transactContended(
  client: DynamoDBClient,
  items: (round: number) => TransactWriteItem[],
  isOver: () => Promise<boolean>,
  rules: ContentionRules,
): Promise<TransactOutcome | 'over'> {
  const untilMs = rules.nowMs() + rules.tryForMs;
  for (let round = 0; ; round += 1) {
    const outcome = await transact(client, items(round));
    if (!isContended(outcome) || rules.nowMs() >= untilMs) return outcome;
    await rules.sleep(rules.random() * Math.min(rules.pauseMsMax, rules.firstPauseMs * 2 ** round));
    if (await isOver()) return 'over';
  }
}
