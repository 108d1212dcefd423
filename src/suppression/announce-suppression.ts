import type { NumberSuppressed } from '../../events/number-suppressed/schema.ts';
import { envelope, eventNumber } from '../bus/envelope.ts';
import { settleAll } from '../shared/settle-all.ts';
import { type CancelCallsDeps, type CancelOutcome, cancelCalls } from './cancel-calls.ts';
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
 * has Webex told, and tells the bus; none of it waits for another. Doing so twice is harmless: the event has the same id.
 * @returns how many calls were cancelled.
 * @throws what failed, after all of it was tried
 */
export async function announceSuppression(deps: AnnounceSuppressionDeps, told: SuppressionChange): Promise<number> {
  const { number } = told.entry;
  if (told.change === 'removed') {
    if (deps.settings.webexLists.length > 0) await deps.webex.send(number);
    return 0;
  }
  const [, , ends] = await settleAll([
    deps.webex.send(number),
    deps.bus.numberSuppressed(eventOf(told, deps.settings)),
    cancelOpenCalls(deps, told.entry),
  ]);
  return ends.filter((end) => end === 'cancelled').length;
}

async function cancelOpenCalls(
  deps: CancelCallsDeps,
  { number, addedAtMs }: Suppression,
): Promise<readonly CancelOutcome[]> {
  const open = await deps.calls.openCallIds(number, deps.lines);
  return cancelCalls(deps, open, { sinceMs: addedAtMs, waitMsMax: conflictWaitMsMax });
}

function eventOf({ id, entry }: SuppressionChange, settings: AnnounceSuppressionDeps['settings']): NumberSuppressed {
  const { list, source, addedBy, addedAtMs } = entry;
  const number = eventNumber(entry.number, settings);
  const data = { number, list, source, addedBy, addedAt: new Date(addedAtMs).toISOString() };
  return envelope(settings, { id, type: 'number.suppressed.v1', atMs: addedAtMs, data });
}
