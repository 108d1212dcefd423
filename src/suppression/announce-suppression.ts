import type { NumberSuppressed } from '../../events/number-suppressed/schema.ts';
import { envelope, eventNumber } from '../bus/envelope.ts';
import { type CancelCallsDeps, cancelCalls } from './cancel-calls.ts';
import type { Suppression, SuppressionBus, WebexSuppressionQueue } from './ports.ts';

/** One change of our own list, as its table's stream tells it. */
export interface SuppressionChange {
  /** The same each time the stream tells the same change. */
  readonly id: string;
  readonly change: 'added' | 'removed';
  readonly entry: Suppression;
}

export interface AnnounceSuppressionDeps extends CancelCallsDeps {
  readonly webex: WebexSuppressionQueue;
  readonly bus: SuppressionBus;
  readonly settings: {
    /** Webex lists that ours are written to. */
    readonly webexLists: readonly string[];
    readonly organizationId: string;
    readonly wholeNumbers: boolean;
  };
}

/** A call on its way to Webex is not waited for: an attempt is marked sent only while its number is not listed. */
const conflictWaitMsMax = 2_000;

/**
 * Carries a change of our list to everywhere else: cancels what waits for a number from whichever door it was listed,
 * has Webex told, and tells the bus. Doing so twice is harmless: the event has the same id.
 * @returns how many calls were cancelled.
 */
export async function announceSuppression(deps: AnnounceSuppressionDeps, told: SuppressionChange): Promise<number> {
  const { number, addedAtMs } = told.entry;
  if (told.change === 'removed') {
    if (deps.settings.webexLists.length > 0) await deps.webex.send(number);
    return 0;
  }
  const open = await deps.calls.openCallIds(number, deps.lines);
  const [ends] = await Promise.all([
    cancelCalls(deps, open, { sinceMs: addedAtMs, waitMsMax: conflictWaitMsMax }),
    deps.webex.send(number),
    deps.bus.numberSuppressed(eventOf(told, deps.settings)),
  ]);
  return ends.filter((end) => end === 'cancelled').length;
}

function eventOf({ id, entry }: SuppressionChange, settings: AnnounceSuppressionDeps['settings']): NumberSuppressed {
  const { list, source, addedBy, addedAtMs } = entry;
  const number = eventNumber(entry.number, settings);
  const data = { number, list, source, addedBy, addedAt: new Date(addedAtMs).toISOString() };
  return envelope(settings, { id, type: 'number.suppressed.v1', atMs: addedAtMs, data });
}
