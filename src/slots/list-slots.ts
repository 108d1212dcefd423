import type { Slots } from '../../events/slots/schema.ts';
import { zoneClock } from '../policy/zone-clock.ts';
import type { DialFacts, Verdict } from '../policy/types.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import { type SlotLine, bookableSlots } from './bookable.ts';
import { localSlot } from './local-slot.ts';
import type { SlotCounts } from './ports.ts';
import type { SlotSpan } from './slot-grid.ts';

export interface ListSlotsDeps {
  /** Lines that have slots, by name. */
  readonly lines: Readonly<Record<string, SlotLine>>;
  readonly counts: SlotCounts;
  readonly decide: (facts: DialFacts) => Verdict;
  readonly clock: Clock;
}

export interface ListSlotsQuery {
  readonly line: string;
  /** First day, `YYYY-MM-DD` in `timeZone`; today where it is left out. */
  readonly from?: string | undefined;
  /** How many days are looked at. */
  readonly days: number;
  /** IANA zone of the person. */
  readonly timeZone: string;
  /** What is known of where the person is; the zone alone where it is left out. */
  readonly evidence?: Pick<DialFacts, 'number' | 'browserTimeZone'> | undefined;
}

const dayMs = 86_400_000;

/** What is free on a line: its hours, minus what is booked, minus what would not be lawful where the person is. */
export async function listSlots(
  { lines, counts, decide, clock }: ListSlotsDeps,
  query: ListSlotsQuery,
): Promise<Result<Slots, { readonly code: 'not-found' }>> {
  const line = Object.hasOwn(lines, query.line) ? lines[query.line] : undefined;
  if (!line) return fail({ code: 'not-found' });
  const { timeZone } = query;
  const nowMs = clock.nowMs();
  const fromMs = query.from === undefined ? nowMs : startOfDay(query.from, timeZone);
  const span = { fromMs, toMs: fromMs + query.days * dayMs };
  const evidence = query.evidence ?? { number: '', browserTimeZone: timeZone };
  const spans = bookableSlots(line, span, nowMs).filter((slot) => isLawful(decide, slot, evidence));
  const taken = await counts.read(
    query.line,
    spans.map((slot) => slot.fromMs),
  );
  const free = spans.filter((slot) => (taken.get(slot.fromMs) ?? 0) < line.slots.capacity);
  return ok({ timeZone, slots: free.flatMap((slot) => localSlot(slot, timeZone) ?? []) });
}

function startOfDay(date: string, timeZone: string): EpochMs {
  const utcMs = Date.parse(`${date}T00:00:00Z`);
  return utcMs - zoneClock(timeZone).segmentAt(utcMs).offsetMs;
}

/**
 * Whether a requested call would be placed within a slot where the person is. Where the number is not known yet, the zone
 * alone places the person; with the number, the request weighs everything.
 */
function isLawful(
  decide: ListSlotsDeps['decide'],
  { fromMs, toMs }: SlotSpan,
  evidence: NonNullable<ListSlotsQuery['evidence']>,
): boolean {
  const verdict = decide({
    ...evidence,
    atMs: fromMs,
    kind: 'callback',
    purpose: 'requested',
    bases: [{ type: 'request', startMs: fromMs }],
    lists: [{ list: 'internal', state: 'clear' }],
    attemptsMs: [],
    attemptsOfCall: 0,
    window: { fromMs, toMs },
    bans: [],
  });
  return verdict.verdict === 'allow' || (verdict.verdict === 'defer' && verdict.untilMs < toMs);
}
