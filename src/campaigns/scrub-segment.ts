import { batchState } from '../registry/ports.ts';
import { maskNumber } from '../shared/mask.ts';
import type { CallingClasses } from './calling-classes.ts';
import type { PlanLists } from './plan-ports.ts';
import type { UploadReject, UploadRejectCode } from './reject.ts';
import type { Segment } from './segment.ts';

export interface ScrubDeps {
  readonly lists: PlanLists;
  readonly classes: CallingClasses;
  /** Of the numbers, for the report. */
  readonly column: string;
}

/** Numbers asked about in one go, so that their texts do not stand in memory all at once. */
const numbersPerQuestion = 2_000;

/**
 * Asks the lists about every contact of a segment: what was uploaded lately, our own list, earlier attempts, registries.
 * @returns by contact 1 where it stays
 */
export async function scrubSegment(
  segment: Segment,
  { lists, classes, column }: ScrubDeps,
  onReject: (reject: UploadReject) => void,
): Promise<Uint8Array> {
  const stays = new Uint8Array(segment.length).fill(1);
  const drop = (index: number, code: UploadRejectCode): void => {
    stays[index] = 0;
    onReject({ row: segment.rowAt(index), column, value: maskNumber(segment.numberAt(index)), code });
  };
  await dropListed(segment, stays, lists.uploadedLately, (index) => drop(index, 'duplicate-recent'));
  await dropListed(segment, stays, lists.internal, (index) => drop(index, 'listed-internal'));
  await dropCapped(segment, stays, lists.attempts, classes, drop);
  await dropRegistered(segment, stays, { lists, classes }, drop);
  return stays;
}

async function dropListed(
  segment: Segment,
  stays: Uint8Array,
  ask: PlanLists['internal'],
  drop: (index: number) => void,
): Promise<void> {
  if (ask === 'not-checked') return;
  for (const indexes of pieces(segment, stays)) {
    const listed = await ask(indexes.map(segment.numberAt));
    if (listed.size === 0) continue;
    for (const index of indexes) if (listed.has(segment.numberAt(index))) drop(index);
  }
}

async function dropCapped(
  segment: Segment,
  stays: Uint8Array,
  ask: PlanLists['attempts'],
  classes: CallingClasses,
  drop: (index: number, code: UploadRejectCode) => void,
): Promise<void> {
  if (ask === 'not-checked') return;
  for (const indexes of pieces(segment, stays)) {
    const attempts = await ask(indexes.map(segment.numberAt));
    if (attempts.size === 0) continue;
    for (const index of indexes) {
      const madeMs = attempts.get(segment.numberAt(index)) ?? [];
      if (madeMs.length > 0 && !classes.hasAttemptLeft(segment.classAt(index), madeMs)) drop(index, 'cap-reached');
    }
  }
}

async function dropRegistered(
  segment: Segment,
  stays: Uint8Array,
  { lists, classes }: Pick<ScrubDeps, 'lists' | 'classes'>,
  drop: (index: number, code: UploadRejectCode) => void,
): Promise<void> {
  const asked = new Map<string, number[]>();
  for (let index = 0; index < segment.length; index += 1) {
    if (stays[index] === 0) continue;
    for (const list of classes.get(segment.classAt(index)).asked) {
      const indexes = asked.get(list);
      if (indexes) indexes.push(index);
      else asked.set(list, [index]);
    }
  }
  for (const [list, all] of asked) {
    const indexes = all.filter((index) => stays[index] === 1);
    const reader = lists.registries[list];
    if (!reader) {
      for (const index of indexes) drop(index, 'registry-unreadable');
      continue;
    }
    const batch = await reader.lookUpMany(Float64Array.from(indexes, segment.digitsAt));
    for (const [position, index] of indexes.entries()) {
      if (batch.states[position] === batchState.listed) drop(index, 'registry-listed');
      else if (batch.states[position] !== batchState.clear) drop(index, 'registry-unreadable');
      else if (!classes.takesCopy(segment.classAt(index), list, batch.factAt(position)?.asOfMs))
        drop(index, 'registry-unreadable');
    }
  }
}

/** The contacts that are still there, a question's worth at a time. */
function* pieces(segment: Segment, stays: Uint8Array): Generator<number[]> {
  let indexes: number[] = [];
  for (let index = 0; index < segment.length; index += 1) {
    if (stays[index] === 0) continue;
    indexes.push(index);
    if (indexes.length < numbersPerQuestion) continue;
    yield indexes;
    indexes = [];
  }
  if (indexes.length > 0) yield indexes;
}
