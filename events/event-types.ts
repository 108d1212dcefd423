import { callEventTypes } from './call-event/schema.ts';
import { uploadEventTypes } from './upload-event/schema.ts';

/** Every type of event that Ringback puts on the bus. */
export const eventTypes = [
  ...callEventTypes,
  ...uploadEventTypes,
  'schedule-run.ended.v1',
  'number.suppressed.v1',
] as const;
export type EventType = (typeof eventTypes)[number];
