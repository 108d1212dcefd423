import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { slotKey } from '../../slots/bookable.ts';
import type { SlotBooking } from '../../slots/ports.ts';
import type { SlotSpan } from '../../slots/slot-grid.ts';
import { ttl } from './call-item.ts';

/** How long the count of a slot outlives it. Places are given back before its end only, so the item is there then. */
const keptMs = 86_400_000;

export const slotItemKey = (line: string, fromMs: number): Record<string, AttributeValue> => ({
  pk: { S: slotKey(line, fromMs) },
});

/** Takes a place, on condition that the slot has one left at that very moment. */
export const takePlace = (TableName: string, line: string, booking: SlotBooking): TransactWriteItem => ({
  Update: {
    TableName,
    Key: slotItemKey(line, booking.fromMs),
    UpdateExpression: 'SET #ttl = :ttl ADD taken :one',
    ConditionExpression: 'attribute_not_exists(taken) OR taken < :capacity',
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: {
      ':one': { N: '1' },
      ':capacity': { N: String(booking.capacity) },
      ':ttl': { N: String(ttl(booking.toMs + keptMs).ttl) },
    },
  },
});

/**
 * Gives a place back. Without a condition, because nothing may keep a call from being cancelled: a count that somebody has
 * deleted by hand begins at nought again.
 */
export const givePlaceBack = (TableName: string, line: string, slot: SlotSpan): TransactWriteItem => ({
  Update: {
    TableName,
    Key: slotItemKey(line, slot.fromMs),
    UpdateExpression: 'SET taken = if_not_exists(taken, :one) - :one, #ttl = :ttl',
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: { ':one': { N: '1' }, ':ttl': { N: String(ttl(slot.toMs + keptMs).ttl) } },
  },
});
