import type { EpochMs } from '../shared/clock.ts';
import { sha256 } from '../shared/digest.ts';
import { addressBlock } from './address-block.ts';
import type { ScreenCode, ScreenRefusal, ScreenedRequest } from './types.ts';

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
  /** A cap that every request counts against is spread over so many items, so that none of them is hot. */
  readonly shards: number;
}

/** Requests a second that one item of DynamoDB takes are 1,000; a cap that all share stays far below with this many. */
const capShards = 16;

/** Everything that a request counts against, the narrowest first. */
export function countersOf(request: ScreenedRequest, limits: VelocityLimits): readonly Counter[] {
  const { number, address, line } = request;
  const each = (code: ScreenCode, subject: string, list: readonly Limit[]): Counter[] =>
    list.map((limit) => ({ code, subject, name: `w${limit.windowSeconds}`, limit, shards: 1 }));
  const byNumber = each('too-many-for-number', numberSubject(number), limits.perNumber);
  if (request.isExempt === true) return byNumber;
  const cap = (code: ScreenCode, name: string, count: number): Counter => ({
    code,
    subject: 'CAPS',
    name,
    limit: { count, windowSeconds: day },
    shards: capShards,
  });
  return [
    ...byNumber,
    ...each('too-many-from-address', addressSubject(address), limits.perAddress),
    ...each('too-many-for-prefix', prefixSubject(number), limits.perPrefix),
    cap('line-full-today', `line-${line}`, limits.perLineAndDay),
    cap('full-today', 'all', limits.perDay),
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

/** Whether another request is one too many. */
export const weighCounter = (counter: Counter, counted: Counted, atMs: EpochMs): ScreenRefusal | undefined =>
  counted.current + 1 > allowanceOf(counter, counted, atMs) ? refusalOf(counter, atMs) : undefined;

/** Try again when the window is over. */
export function refusalOf({ code, limit: { windowSeconds } }: Counter, atMs: EpochMs): ScreenRefusal {
  const leftMs = windowSeconds * 1_000 - windowAt(atMs, windowSeconds).elapsedMs;
  return { code, retryAfterSeconds: Math.ceil(leftMs / 1_000) };
}

/** Whether a cap is so full with another request that an operator should know: at 80 %. */
export const isNearlyFull = (counter: Counter, { current }: Counted): boolean => current + 1 >= 0.8 * shareOf(counter);

const shareOf = ({ limit, shards }: Counter): number => Math.ceil(limit.count / shards);
