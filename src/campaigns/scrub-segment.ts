import { batchState } from '../registry/ports.ts';
import type { EpochMs } from '../shared/clock.ts';
import { maskNumber } from '../shared/mask.ts';
import type { CallingClasses } from './calling-classes.ts';
import type { PlanLists } from './plan-ports.ts';
import type { UploadRejectCode } from './reject.ts';
import type { ReportWriter } from './report-writer.ts';
import type { Segment } from './segment.ts';

export interface ScrubDeps {
  readonly lists: PlanLists;
  readonly classes: CallingClasses;
  readonly report: ReportWriter;
  /** Of the numbers, for the report. */
  readonly column: string;
}

export interface Scrubbed {
  /** By contact 1 where it stays. */
  readonly stays: Uint8Array;
  /** When the first copy of a registry that a contact needed is too old; `Infinity` where none was needed. */
  readonly copiesEndMs: EpochMs;
}

type Drop = (index: number, code: UploadRejectCode) => void;

/** Numbers asked about in one go, so that their texts do not stand in memory all at once. */
const numbersPerQuestion = 2_000;

/** Asks the lists about every contact of a segment: what was uploaded lately, our own list, earlier attempts, registries. */
export async function scrubSegment(segment: Segment, deps: ScrubDeps): Promise<Scrubbed> {
  const { lists, classes, report, column } = deps;
  const stays = new Uint8Array(segment.length).fill(1);
  const drop: Drop = (index, code) => {
    stays[index] = 0;
    report.add({ row: segment.rowAt(index), column, value: maskNumber(segment.numberAt(index)), code });
  };
  for (const indexes of pieces(segment.length)) {
    const there = (): number[] => indexes.filter((index) => stays[index] === 1);
    await dropListed(segment, there(), lists.uploadedLately, (index) => drop(index, 'duplicate-recent'));
    await dropListed(segment, there(), lists.internal, (index) => drop(index, 'listed-internal'));
    await dropCapped(segment, there(), lists.attempts, classes, drop);
    await report.relieve();
  }
  return { stays, copiesEndMs: await dropRegistered(segment, stays, deps, drop) };
}

async function dropListed(
  segment: Segment,
  indexes: readonly number[],
  ask: PlanLists['internal'],
  drop: (index: number) => void,
): Promise<void> {
  if (ask === 'not-checked' || indexes.length === 0) return;
  const listed = await ask(indexes.map(segment.numberAt));
  if (listed.size === 0) return;
  for (const index of indexes) if (listed.has(segment.numberAt(index))) drop(index);
}

async function dropCapped(
  segment: Segment,
  indexes: readonly number[],
  ask: PlanLists['attempts'],
  classes: CallingClasses,
  drop: Drop,
): Promise<void> {
  if (ask === 'not-checked' || indexes.length === 0) return;
  const attempts = await ask(indexes.map(segment.numberAt));
  if (attempts.size === 0) return;
  for (const index of indexes) {
    const madeMs = attempts.get(segment.numberAt(index)) ?? [];
    if (madeMs.length > 0 && !classes.hasAttemptLeft(segment.classAt(index), madeMs)) drop(index, 'cap-reached');
  }
}

/**
 * All contacts at once: a registry loads each area code once a question.
 * @returns when the first copy that a contact needed is too old
 */
async function dropRegistered(
  segment: Segment,
  stays: Uint8Array,
  { lists, classes, report }: ScrubDeps,
  drop: Drop,
): Promise<EpochMs> {
  let copiesEndMs = Number.POSITIVE_INFINITY;
  for (const [list, all] of registriesAsked(segment, stays, classes)) {
    const indexes = all.filter((index) => stays[index] === 1);
    const batch = await lists.registries[list]?.lookUpMany(Float64Array.from(indexes, segment.digitsAt));
    for (const [position, index] of indexes.entries()) {
      const state = batch?.states[position];
      const endsMs =
        state === batchState.clear
          ? classes.copyEndsMs(segment.classAt(index), list, batch?.factAt(position)?.asOfMs)
          : undefined;
      if (state === batchState.listed) drop(index, 'registry-listed');
      else if (endsMs === undefined) drop(index, 'registry-unreadable');
      else copiesEndMs = Math.min(copiesEndMs, endsMs);
      if (position % numbersPerQuestion === 0) await report.relieve();
    }
  }
  return copiesEndMs;
}

function registriesAsked(segment: Segment, stays: Uint8Array, classes: CallingClasses): Map<string, number[]> {
  const asked = new Map<string, number[]>();
  for (let index = 0; index < segment.length; index += 1) {
    if (stays[index] === 0) continue;
    for (const list of classes.get(segment.classAt(index)).asked) {
      const indexes = asked.get(list);
      if (indexes) indexes.push(index);
      else asked.set(list, [index]);
    }
  }
  return asked;
}

/** A question's worth of contacts at a time. */
function* pieces(length: number): Generator<number[]> {
  for (let from = 0; from < length; from += numbersPerQuestion) {
    yield Array.from({ length: Math.min(numbersPerQuestion, length - from) }, (_, offset) => from + offset);
  }
}
