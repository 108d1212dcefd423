import * as z from 'zod/mini';
import { foreignEvent } from '../cloud-event.ts';
import { RequestOutdialSchema } from '../request-outdial/schema.ts';

export const outboundRequestedType = 'outbound.requested.v1';

/**
 * Event on our bus by which another system asks for an outdial: a CloudEvent (specification 1.0) as the `detail` of an EventBridge
 * event with the detail type `outbound.requested.v1`. Its data is the body of `POST /v1/calls`. The same `source` and `id` ask once.
 */
export const OutboundRequestedSchema = foreignEvent(
  z.literal(outboundRequestedType, `must be "${outboundRequestedType}"`),
  RequestOutdialSchema,
);
export type OutboundRequested = z.output<typeof OutboundRequestedSchema>;

/** Message on the queue of requests: the EventBridge event as its rule hands it on. */
export const OutboundRequestedMessageSchema = z.object({ detail: OutboundRequestedSchema });
