import * as z from 'zod';
import { eventTypes } from '../../events/event-types.ts';

const loopback: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** Where events are posted to: https and a name, so that no setting leads into a network by its address. */
const DestinationUrl = z.url({ error: 'must be an https URL' }).superRefine((text, context) => {
  if (!URL.canParse(text)) return;
  const url = new URL(text);
  const isHere = loopback.includes(url.hostname);
  const refuse = (message: string): void => context.addIssue({ code: 'custom', message });
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere))
    refuse('must be an https URL; http only to this machine, for trying');
  if (url.username || url.password || url.hash) refuse('must hold no user, no password and no fragment');
  if (!isHere && /^\[|^\d+(\.\d+){3}$/.test(url.hostname)) refuse('must name a host, not an IP address');
});

const DestinationSchema = z.strictObject({
  url: DestinationUrl,
  types: z
    .array(z.enum(eventTypes, `must be one of ${eventTypes.join(', ')}`))
    .min(1, 'must name at least one type of event'),
  /** How long the other side may take to answer. */
  timeoutSeconds: z.int().min(1).max(20).default(15),
  /** Requests at the same time; Lambda's least is two. */
  concurrency: z.int().min(2, 'must be at least 2: Lambda limits no lower').max(20).default(2),
});

/** Other systems that events are posted to, signed by Standard Webhooks. */
export const DestinationsSchema = z
  .record(
    z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be 1 to 40 lower-case letters, digits or hyphens'),
    DestinationSchema,
  )
  .refine((destinations) => Object.keys(destinations).length <= 10, 'must name at most 10 destinations')
  .default({});

export type Destination = z.output<typeof DestinationSchema>;
