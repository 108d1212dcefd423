import type { EpochMs } from '../shared/clock.ts';
import { sha256 } from '../shared/digest.ts';
import { addressBlock } from './address-block.ts';
import type { FormKind, ScreenCode, ScreenRefusal, ScreenedRequest } from './types.ts';

/** So many in so long. */
export interface Limit {
  readonly count: number;
  readonly windowSeconds: number;
}

/** Limits of one kind of form. All limits of a list hold. */
export interface VelocityLimits {
  readonly perNumber: readonly Limit[];
  readonly perAddress: readonly Limit[];
  /** Over numbers that share all but the last four digits: one attacker's range, dialed through. */
  readonly perPrefix: readonly Limit[];
  readonly perLineAndDay: number;
  readonly perDay: number;
}

const tenMinutes = 600;
const hour = 3_600;
const day = 86_400;

/** Where a challenge can be solved. */
export const scriptLimits: VelocityLimits = {
  perNumber: [
    { count: 3, windowSeconds: tenMinutes },
    { count: 5, windowSeconds: day },
  ],
  perAddress: [
    { count: 10, windowSeconds: tenMinutes },
    { count: 50, windowSeconds: day },
  ],
  perPrefix: [
    { count: 10, windowSeconds: hour },
    { count: 30, windowSeconds: day },
  ],
  perLineAndDay: 5_000,
  perDay: 20_000,
};

/** Without JavaScript. */
export const plainLimits: VelocityLimits = {
  ...scriptLimits,
  perNumber: [
    { count: 2, windowSeconds: tenMinutes },
    { count: 3, windowSeconds: day },
  ],
  perAddress: [
    { count: 3, windowSeconds: tenMinutes },
    { count: 10, windowSeconds: day },
  ],
};

/**
 * One number to count, in fixed windows of time. What is over the end of a window counts on in part: the sum of this window's
 * requests and that share of the last window's that a sliding window would still hold.
 */
export interface Counter {
  readonly code: ScreenCode;
  /** What is counted together, such as one number; says nothing about the person to who reads the table. */
  readonly subject: string;
  /** Which of the subject's counters: no window of the clock is in it. */
  readonly name: string;
  readonly limit: Limit;
  /** Whether requests of everybody count together: nobody is to blame where it is full, and an operator should know before. */
  readonly isCap: boolean;
  /** A large cap that every request counts against is spread over so many items, so that none of them is hot. */
  readonly shards: number;
}

/** Requests a second that one item of DynamoDB takes are 1,000; a large cap that all share stays far below with this many. */
const capShards = 16;

/** Chance spreads requests unevenly: the smaller a shard's share, the earlier one of them is full while others have room. */
const shardShareMin = 64;

/** Both forms count in the same items, so the smaller one of their caps decides; a small cap is one item and exact. */
const shardsOf = (caps: readonly number[]): number => (Math.min(...caps) < capShards * shardShareMin ? 1 : capShards);

/** Everything that a request counts against, the narrowest first. */
export function countersOf(
  request: ScreenedRequest,
  limitsOf: Readonly<Record<FormKind, VelocityLimits>>,
): readonly Counter[] {
  const { number, address, line, form } = request;
  const limits = limitsOf[form];
  const each = (code: ScreenCode, subject: string, list: readonly Limit[]): Counter[] =>
    list.map((limit) => ({ code, subject, name: `w${limit.windowSeconds}`, limit, isCap: false, shards: 1 }));
  const byNumber = each('too-many-for-number', numberSubject(number), limits.perNumber);
  if (request.isExempt === true) return byNumber;
  const cap = (code: ScreenCode, name: string, which: 'perLineAndDay' | 'perDay'): Counter => {
    const shards = shardsOf(Object.values(limitsOf).map((list) => list[which]));
    // Shards hold all large caps, for one write; a small one is an item of its own, whose condition tells which cap is full.
    const subject = shards > 1 ? 'CAPS' : `CAPS#${name}`;
    return { code, subject, name, limit: { count: limits[which], windowSeconds: day }, isCap: true, shards };
  };
  return [
    ...byNumber,
    ...each('too-many-from-address', addressSubject(address), limits.perAddress),
    ...each('too-many-for-prefix', prefixSubject(number), limits.perPrefix),
    cap('line-full-today', `line-${line}`, 'perLineAndDay'),
    cap('full-today', 'all', 'perDay'),
  ];
}

export const numberSubject = (number: string): string => `NUMBER#${digest(number)}`;
export const addressSubject = (address: string): string => `ADDRESS#${digest(addressBlock(address) ?? 'unknown')}`;
export const prefixSubject = (number: string): string => `PREFIX#${digest(prefixOf(number))}`;
/** What numbers share that differ in the last four digits only. */
export const prefixOf = (number: string): string => number.slice(0, -4);

const digest = (text: string): string => sha256(text).slice(0, 32);

/** Which window an instant is in, and how far into it. */
export function windowAt(atMs: EpochMs, windowSeconds: number): { readonly index: number; readonly elapsedMs: number } {
  const windowMs = windowSeconds * 1_000;
  const index = Math.floor(atMs / windowMs);
  return { index, elapsedMs: atMs - index * windowMs };
}

/** What a counter's item, or its shard's, says before a request is added. */
export interface Counted {
  readonly current: number;
  /** Of the window before. */
  readonly previous: number;
  /** Names of the subject's windows that are over: they go with the next write. */
  readonly over?: readonly string[];
}

/** How much a counter may hold in this window: the limit without what the window before still weighs. */
export function allowanceOf(counter: Counter, { previous }: Pick<Counted, 'previous'>, atMs: EpochMs): number {
  const { windowSeconds } = counter.limit;
  const leftMs = windowSeconds * 1_000 - windowAt(atMs, windowSeconds).elapsedMs;
  return Math.floor(shareOf(counter) - (previous * leftMs) / (windowSeconds * 1_000));
}

/** Whether another request is one too many, and from when on it is not any more if nobody else asks. */
export const weighCounter = (counter: Counter, counted: Counted, atMs: EpochMs): ScreenRefusal | undefined =>
  counted.current + 1 > allowanceOf(counter, counted, atMs)
    ? { code: counter.code, retryAfterSeconds: Math.ceil((freeAtMs(counter, counted, atMs) - atMs) / 1_000) }
    : undefined;

/** The first instant at which a full counter lets one more in: in this window, or with what it holds now as the last one's in the next. */
function freeAtMs(counter: Counter, { current, previous }: Counted, atMs: EpochMs): EpochMs {
  const share = shareOf(counter);
  const windowMs = counter.limit.windowSeconds * 1_000;
  const startMs = atMs - windowAt(atMs, counter.limit.windowSeconds).elapsedMs;
  return current < share
    ? startMs + roomAfterMs(share - current, previous, windowMs)
    : startMs + windowMs + roomAfterMs(share, current, windowMs);
}

/** How far into a window the last one's requests weigh so little that one more is among the `allowed`. */
const roomAfterMs = (allowed: number, previous: number, windowMs: number): number =>
  Math.max(0, windowMs - Math.floor(((allowed - 1) * windowMs) / previous));

/** What the public is told: the first refusal, until the last one of the same code is over. */
export function firstRefusal(refusals: readonly ScreenRefusal[]): ScreenRefusal | undefined {
  const [first] = refusals;
  if (!first) return undefined;
  const same = refusals.filter(({ code }) => code === first.code);
  return { ...first, retryAfterSeconds: Math.max(...same.map(({ retryAfterSeconds }) => retryAfterSeconds ?? 0)) };
}

/** Whether a cap is so full with another request that an operator should know: at 80 %. */
export const isNearlyFull = (counter: Counter, { current }: Counted): boolean =>
  counter.isCap && current + 1 >= 0.8 * shareOf(counter);

/** Rounded down, so that the shards together never hold more than the limit. */
const shareOf = ({ limit, shards }: Counter): number => Math.floor(limit.count / shards);
