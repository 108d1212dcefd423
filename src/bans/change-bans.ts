import { isJurisdiction } from '../numbering/countries.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import type { BanChange, BanList, BanStore, DeclaredBan } from './ports.ts';

export interface ChangeBansDeps {
  readonly bans: BanStore;
  readonly clock: Clock;
}

export interface DeclareBanCommand {
  readonly id: string;
  readonly jurisdiction: string;
  /** @default now */
  readonly fromMs?: EpochMs | undefined;
  /** @default until it is lifted */
  readonly toMs?: EpochMs | undefined;
  readonly reason: string;
  readonly by: string;
}

/** `field` is the one that cannot be used; `detail` follows its name in a sentence. */
export type DeclareBanFailure =
  | { readonly code: 'field-unusable'; readonly field: 'jurisdiction' | 'to'; readonly detail: string }
  | { readonly code: 'too-many-bans'; readonly detail: string };

/** Every verdict reads all of them, from one item. */
const bansMax = 100;
const attemptsMax = 5;

/** Others changed the bans again and again at the same time; asking again mends it. */
export class BansContendedError extends Error {
  override readonly name = 'BansContendedError';
  readonly code = 'bans-contended';
}

/** Bans calls into a jurisdiction from now or later on; the same id again replaces the ban. */
export async function declareBan(
  deps: ChangeBansDeps,
  { by, ...command }: DeclareBanCommand,
): Promise<Result<DeclaredBan, DeclareBanFailure>> {
  const { id, jurisdiction, toMs, reason } = command;
  const nowMs = deps.clock.nowMs();
  const fromMs = command.fromMs ?? nowMs;
  const unusable = problemOf(jurisdiction, fromMs, toMs, nowMs);
  if (unusable) return fail(unusable);
  const ban: DeclaredBan = {
    id,
    jurisdiction,
    fromMs,
    ...(toMs !== undefined && { toMs }),
    reason,
    declaredBy: by,
    declaredAtMs: nowMs,
  };
  return change<Result<DeclaredBan, DeclareBanFailure>>(deps, (before) => {
    const earlier = before.bans.find((known) => known.id === id);
    if (!earlier && before.bans.length >= bansMax) {
      const detail = `There are ${bansMax} bans already; lift those that are over first.`;
      return { answer: fail({ code: 'too-many-bans', detail }) };
    }
    return {
      answer: ok(ban),
      bans: [...before.bans.filter((known) => known.id !== id), ban],
      happened: { change: earlier ? 'replaced' : 'declared', ban: earlier ?? ban, by, atMs: nowMs, reason },
    };
  });
}

/** @returns false where there is no such ban. */
export function liftBan(
  deps: ChangeBansDeps,
  { id, reason, by }: { readonly id: string; readonly reason: string; readonly by: string },
): Promise<boolean> {
  const atMs = deps.clock.nowMs();
  return change(deps, (before) => {
    const ban = before.bans.find((known) => known.id === id);
    if (!ban) return { answer: false };
    const bans = before.bans.filter((known) => known.id !== id);
    return { answer: true, bans, happened: { change: 'lifted', ban, by, atMs, reason } };
  });
}

function problemOf(
  jurisdiction: string,
  fromMs: EpochMs,
  toMs: EpochMs | undefined,
  nowMs: EpochMs,
): DeclareBanFailure | undefined {
  const unusable = (field: 'jurisdiction' | 'to', detail: string) =>
    ({ code: 'field-unusable', field, detail }) as const;
  if (!isJurisdiction(jurisdiction))
    return unusable('jurisdiction', `must be a known jurisdiction such as US, US-LA, CA-ON or GB, got ${jurisdiction}`);
  if (toMs !== undefined && toMs <= fromMs) return unusable('to', 'must lie after from');
  if (toMs !== undefined && toMs <= nowMs) return unusable('to', 'must lie in the future');
  return undefined;
}

/** What a change comes to; without `bans` there is nothing to write. */
type Planned<T> =
  | { readonly answer: T }
  | { readonly answer: T; readonly bans: readonly DeclaredBan[]; readonly happened: BanChange };

/** Reads, plans and writes, again where somebody else was quicker. @throws BansContendedError */
async function change<T>({ bans: store, clock }: ChangeBansDeps, plan: (before: BanList) => Planned<T>): Promise<T> {
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const before = await store.read();
    const planned = plan(before);
    if (!('bans' in planned)) return planned.answer;
    if ((await store.change(before, planned.bans, planned.happened)) === 'written') return planned.answer;
    await clock.sleep(20 * attempt);
  }
  throw new BansContendedError('The bans changed again and again while one was to be changed.');
}
