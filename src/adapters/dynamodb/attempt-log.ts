import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { AttemptLog } from '../../calls/ports.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { ttl } from './call-item.ts';

/**
 * As far back as the longest cap may reach, a month, seen from the latest instant that an attempt may count for: a callback that
 * Webex is to place counts at the start of its window, up to a month ahead.
 */
const keptMs = 62 * 86_400_000;

export const attemptLogKey = (number: string): Record<string, AttributeValue> => ({ pk: { S: `ATTEMPTS#${number}` } });

/** Counts an attempt, on condition that no other was counted since the log was read: caps cannot be overrun side by side. */
export function countAttempt(TableName: string, log: AttemptLog, atMs: EpochMs): TransactWriteItem {
  const kept = log.attemptsMs.filter((earlierMs) => earlierMs > atMs - keptMs);
  return {
    Update: {
      TableName,
      Key: attemptLogKey(log.number),
      UpdateExpression: 'SET attempts = :attempts, #version = :next, #ttl = :ttl',
      ConditionExpression: log.version === 0 ? 'attribute_not_exists(pk)' : '#version = :version',
      ExpressionAttributeNames: { '#version': 'version', '#ttl': 'ttl' },
      ExpressionAttributeValues: {
        ':attempts': { NS: [...kept, atMs].map(String) },
        ':next': { N: String(log.version + 1) },
        ':ttl': { N: String(ttl(atMs + keptMs).ttl) },
        ...(log.version > 0 && { ':version': { N: String(log.version) } }),
      },
    },
  };
}

/** Takes attempts that never reached Webex, or were taken back there, off the count again. */
export function uncountAttempt(TableName: string, number: string, instantsMs: readonly EpochMs[]): TransactWriteItem {
  return {
    Update: {
      TableName,
      Key: attemptLogKey(number),
      UpdateExpression: 'DELETE attempts :attempts ADD #version :one',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':attempts': { NS: instantsMs.map(String) }, ':one': { N: '1' } },
    },
  };
}

export function readAttemptLog(number: string, stored: Record<string, AttributeValue> | undefined): AttemptLog {
  const attemptsMs = (stored?.['attempts']?.NS ?? []).map(Number).toSorted((one, other) => one - other);
  return { number, attemptsMs, version: Number(stored?.['version']?.N ?? 0) };
}
