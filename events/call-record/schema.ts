import * as z from 'zod/mini';
import { CallIdSchema, E164Schema, InstantSchema } from '../common.ts';

/** A call as an operator sees it, in lists. */
export const CallViewSchema = z.strictObject({
  id: CallIdSchema,
  version: z.int(),
  status: z.enum([
    'accepted',
    'waiting',
    'dialing',
    'placed',
    'connected',
    'unanswered',
    'completed',
    'refused',
    'cancelled',
    'expired',
    'failed',
  ]),
  kind: z.enum(['callback', 'outdial']),
  purpose: z.enum(['requested', 'marketing', 'debt', 'service']),
  line: z.string(),
  number: E164Schema,
  requestedAt: InstantSchema,
  dueAt: InstantSchema,
  expiresAt: InstantSchema,
  /** Who waits for the window of a call for later. */
  heldBy: z.optional(z.enum(['ringback', 'webex'])),
  /** What Webex is being asked to do with an order that it has. */
  withdrawal: z.optional(z.enum(['cancel', 'hold', 'move', 'failed'])),
  outcome: z.optional(z.string()),
  endedAt: z.optional(InstantSchema),
});
export type CallView = z.output<typeof CallViewSchema>;

const AttemptViewSchema = z.strictObject({
  id: z.string(),
  status: z.enum(['claimed', 'sent', 'placed', 'rejected', 'uncertain', 'absent', 'withdrawn']),
  claimedAt: InstantSchema,
  sentAt: z.optional(InstantSchema),
  settledAt: z.optional(InstantSchema),
  taskId: z.optional(z.string()),
  /** Webex's id of a scheduled callback, and the window that it was ordered for. */
  callbackId: z.optional(z.string()),
  window: z.optional(z.strictObject({ from: InstantSchema, to: InstantSchema })),
  trackingId: z.optional(z.string()),
  detail: z.optional(z.string()),
  outcome: z.optional(z.enum(['connected', 'unanswered', 'abandoned'])),
});

const DecisionViewSchema = z.strictObject({
  verdict: z.enum(['allow', 'defer', 'deny']),
  /** The next lawful instant of a deferred call. */
  until: z.optional(InstantSchema),
  at: InstantSchema,
  zones: z.array(z.string()),
  jurisdictions: z.array(z.string()),
  because: z.optional(z.string()),
  rules: z.array(
    z.strictObject({
      id: z.string(),
      result: z.enum(['passed', 'blocked', 'lifted', 'not-applicable', 'unreadable']),
      citation: z.optional(z.string()),
      url: z.optional(z.string()),
      detail: z.string(),
      loosenedBecause: z.optional(z.string()),
    }),
  ),
  /** Version of the rule table: SHA-256, hex. */
  table: z.string(),
  facts: z.unknown(),
});

/** Answer to `GET /v1/calls/{id}`: the call with every attempt and every decision, oldest first. */
export const CallRecordViewSchema = z.extend(CallViewSchema, {
  attempts: z.array(AttemptViewSchema),
  decisions: z.array(DecisionViewSchema),
});
export type CallRecordView = z.output<typeof CallRecordViewSchema>;
