import type { CallEvent } from '../../events/call-event/schema.ts';
import type { NumberSuppressed } from '../../events/number-suppressed/schema.ts';
import type { ScheduleRunEnded } from '../../events/schedule-run-ended/schema.ts';
import type { UploadEvent } from '../../events/upload-event/schema.ts';

/** Every event that Ringback tells others. */
export type OwnEvent = CallEvent | UploadEvent | ScheduleRunEnded | NumberSuppressed;

/** The bus that other systems listen on. */
export interface Bus {
  /** @throws where the bus did not take it; telling it again is harmless, because its id stays the same. */
  publish(event: OwnEvent): Promise<void>;
}
