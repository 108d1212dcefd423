import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { type Attempt, type Call, attemptStatuses, finalStatuses, openStatuses } from '../../calls/call.ts';
import type { Decision } from '../../policy/types.ts';
import { readItem } from './read-item.ts';

export type Item = Record<string, AttributeValue>;

/** Shards of the sparse index by check time: a partition takes 1,000 writes a second, four take what a stack ever needs. */
export const checkShards = ['0', '1', '2', '3'] as const;

export const keys = {
  call: (callId: string) => ({ pk: `CALL#${callId}`, sk: 'CALL' }),
  attempt: (callId: string, ordinal: number) => ({
    pk: `CALL#${callId}`,
    sk: `ATTEMPT#${String(ordinal).padStart(4, '0')}`,
  }),
  decision: (callId: string, atMs: number, version: number) => ({
    pk: `CALL#${callId}`,
    sk: `DECISION#${atMs}#${version}`,
  }),
  lock: (number: string, line: string) => ({ pk: `OPEN#${number}#${line}`, sk: 'LOCK' }),
  idempotency: (keySha256: string) => ({ pk: `IDEMPOTENCY#${keySha256}`, sk: 'REQUEST' }),
} as const;

export const key = (of: { pk: string; sk: string }): Item => ({ pk: { S: of.pk }, sk: { S: of.sk } });

export const item = (value: object): Item => marshall(value, { removeUndefinedValues: true });

/** DynamoDB's TTL attribute, seconds since the epoch. */
export const ttl = (atMs: number): { ttl: number } => ({ ttl: Math.ceil(atMs / 1_000) });

export function callItem(call: Call, retentionMs: number): Item {
  return item({
    ...keys.call(call.id),
    ...call,
    ...(call.checkAtMs !== undefined && { checkShard: shardOf(call.id) }),
    ...(call.endedAtMs !== undefined && ttl(call.endedAtMs + retentionMs)),
  });
}

/** The last digits of a version 7 UUID are random. */
const shardOf = (callId: string): string =>
  checkShards[Number.parseInt(callId.slice(-1), 16) % checkShards.length] ?? checkShards[0];

export const attemptItem = (attempt: Attempt, call: Call, retentionMs: number): Item =>
  item({ ...keys.attempt(attempt.callId, attempt.ordinal), ...attempt, ...besideCall(call, retentionMs) });

export const decisionItem = (call: Call, decision: Decision, retentionMs: number): Item =>
  item({ ...keys.decision(call.id, decision.atMs, call.version), decision, ...besideCall(call, retentionMs) });

/** A call can be moved by so long; nothing of its record may go before the call itself. */
const moveMsMax = 31 * 86_400_000;
/** From a call's last instant to its end: whether it was connected is asked for a day. */
const endingMsMax = 2 * 86_400_000;

/** What is written beside a call goes a month after it at the latest, because nobody knows yet when the call will end. */
const besideCall = ({ expiresAtMs, endedAtMs = expiresAtMs }: Call, retentionMs: number): { ttl: number } =>
  ttl(Math.max(expiresAtMs, endedAtMs) + moveMsMax + endingMsMax + retentionMs);

const Ms = z.number();
const WindowSchema = z.object({ fromMs: Ms, toMs: z.optional(Ms) });
const AddressSchema = z.object({
  country: z.optional(z.string()),
  region: z.optional(z.string()),
  postalCode: z.optional(z.string()),
});

const BasisSchema = z.object({
  type: z.enum(['request', 'relationship', 'consent']),
  startMs: Ms,
  expiryMs: z.optional(Ms),
  inquiry: z.optional(z.boolean()),
  purpose: z.optional(z.enum(['requested', 'marketing', 'debt', 'service'])),
  evidence: z.optional(
    z.object({
      atMs: Ms,
      wordingVersion: z.optional(z.string()),
      wordingSha256: z.optional(z.string()),
      clientAddress: z.optional(z.string()),
      originPage: z.optional(z.string()),
      userAgent: z.optional(z.string()),
      language: z.optional(z.string()),
    }),
  ),
});

const OrderSchema = z.object({
  fromMs: Ms,
  toMs: Ms,
  timeZone: z.string(),
  queueId: z.string(),
  assigneeAgent: z.optional(z.string()),
});

const SlotPlaceSchema = z.object({ fromMs: Ms, toMs: Ms, used: z.optional(z.boolean()) });

const WithdrawalSchema = z.object({
  askedAtMs: Ms,
  plan: z.discriminatedUnion('do', [
    z.object({ do: z.literal('cancel'), by: z.enum(['person', 'operator', 'suppression']) }),
    z.object({ do: z.literal('hold') }),
    z.object({
      do: z.literal('move'),
      window: z.optional(WindowSchema),
      expiresAtMs: Ms,
      slot: z.optional(SlotPlaceSchema),
    }),
  ]),
  order: z.optional(OrderSchema),
  countedAtMs: z.optional(Ms),
  failed: z.optional(z.boolean()),
});

const CallSchema = z.object({
  id: z.string(),
  version: z.int(),
  status: z.enum([...openStatuses, ...finalStatuses]),
  kind: z.enum(['callback', 'outdial']),
  purpose: z.enum(['requested', 'marketing', 'debt', 'service']),
  line: z.string(),
  number: z.string(),
  requestedAtMs: Ms,
  dueAtMs: Ms,
  expiresAtMs: Ms,
  window: z.optional(WindowSchema),
  heldBy: z.optional(z.literal('webex')),
  withdrawal: z.optional(WithdrawalSchema),
  agentUntilMs: z.optional(Ms),
  slot: z.optional(SlotPlaceSchema),
  checkAtMs: z.optional(Ms),
  attemptCount: z.int(),
  placedCount: z.int(),
  bases: z.array(BasisSchema),
  customer: z.object({
    name: z.optional(z.string()),
    email: z.optional(z.string()),
    reason: z.optional(z.string()),
    preferredAgent: z.optional(z.string()),
    timeZone: z.optional(z.string()),
    address: z.optional(AddressSchema),
  }),
  automated: z.optional(z.boolean()),
  attributes: z.record(z.string(), z.string()),
  manageTokenSha256: z.optional(z.string()),
  outcome: z.optional(
    z.enum([
      'connected',
      'unanswered',
      'abandoned',
      'unknown',
      'handed-over',
      'rejected-by-webex',
      'cancelled-by-person',
      'cancelled-by-operator',
      'suppressed',
      'not-callable',
      'window-over',
    ]),
  ),
  endedAtMs: z.optional(Ms),
});

const AttemptSchema = z.object({
  callId: z.string(),
  ordinal: z.int(),
  id: z.string(),
  status: z.enum(attemptStatuses),
  claimedAtMs: Ms,
  sentAtMs: z.optional(Ms),
  settledAtMs: z.optional(Ms),
  taskId: z.optional(z.string()),
  order: z.optional(OrderSchema),
  callbackId: z.optional(z.string()),
  countedAtMs: z.optional(Ms),
  trackingId: z.optional(z.string()),
  detail: z.optional(z.string()),
  outcome: z.optional(z.enum(['connected', 'unanswered', 'abandoned'])),
});

export const readCall = (stored: Item): Call => readItem(CallSchema, unmarshall(stored), 'call');
export const readAttempt = (stored: Item): Attempt => readItem(AttemptSchema, unmarshall(stored), 'attempt');

/** A decision is our own record and shown as it was written, so only its presence is checked. */
export function readDecision(stored: Item): Decision {
  return readItem(
    z.object({ decision: z.looseObject({ verdict: z.enum(['allow', 'defer', 'deny']) }) }),
    unmarshall(stored),
    'decision',
  ).decision as unknown as Decision;
}
