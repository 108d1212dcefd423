import * as z from 'zod/mini';
import { EventNumberSchema, ownEvent } from '../cloud-event.ts';
import { CallIdSchema, InstantSchema, LineNameSchema } from '../common.ts';

/** Steps of a call that is still open. `deferred`: it now waits until `callAfter`, for whatever reason. */
export const openCallEventTypes = [
  'call.requested.v1',
  'call.deferred.v1',
  'call.placed.v1',
  'call.connected.v1',
  'call.unanswered.v1',
] as const;
/** The last step of a call: exactly one of them comes for each call. */
export const finalCallEventTypes = [
  'call.refused.v1',
  'call.completed.v1',
  'call.cancelled.v1',
  'call.expired.v1',
  'call.failed.v1',
] as const;
export const callEventTypes = [...openCallEventTypes, ...finalCallEventTypes] as const;
export type CallEventName = (typeof callEventTypes)[number];

const Count = z.int('must be a whole number').check(z.nonnegative('must be at least 0'));

const data = {
  id: CallIdSchema,
  /** Grows with every change of the call: of two events about it the one with the higher version is the later one. */
  version: z.int('must be a whole number').check(z.positive('must be at least 1')),
  kind: z.enum(['callback', 'outdial'], 'must be callback or outdial'),
  purpose: z.enum(['requested', 'marketing', 'debt', 'service'], 'must be requested, marketing, debt or service'),
  line: LineNameSchema,
  number: EventNumberSchema,
  requestedAt: InstantSchema,
  /** The call is not placed before this instant. */
  callAfter: InstantSchema,
  expiresAt: InstantSchema,
  /** Attempts so far, those that never reached Webex included. */
  attempts: Count,
  /** Attempts that reached Webex. */
  placed: Count,
};

const OpenSchema = ownEvent(
  z.enum(openCallEventTypes, 'must be the type of an event about a call'),
  z.strictObject(data),
);
const FinalSchema = ownEvent(
  z.enum(finalCallEventTypes, 'must be the type of an event about a call'),
  z.strictObject({
    ...data,
    /** How the call ended, in more detail than the type. */
    outcome: z.enum(
      [
        ...(['connected', 'unanswered', 'abandoned', 'unknown', 'handed-over', 'rejected-by-webex'] as const),
        ...(['cancelled-by-person', 'cancelled-by-operator', 'suppressed', 'not-callable', 'window-over'] as const),
      ],
      'must be the outcome of a call',
    ),
    endedAt: InstantSchema,
  }),
);

/**
 * Event on the bus after each step of a call: a CloudEvent (specification 1.0) as the `detail` of an EventBridge event with
 * source `ringback` and its type as the detail type. It may come twice, with the same id, and in another order.
 */
export const CallEventSchema = z.discriminatedUnion(
  'type',
  [OpenSchema, FinalSchema],
  'must be an event about a call, of a type such as call.placed.v1',
);
export type CallEvent = z.output<typeof CallEventSchema>;
