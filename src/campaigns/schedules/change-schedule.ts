import { isDeepStrictEqual } from 'node:util';
import type { EpochMs } from '../../shared/clock.ts';
import { type Result, fail, ok } from '../../shared/result.ts';
import { filesOfCampaign } from '../upload-objects.ts';
import { scheduleLimits } from './limits.ts';
import { type Reason, accountForMissed, changed, lost, paused } from './missed-runs.ts';
import type { ScheduleKey, ScheduleStore, ScheduleTimers } from './ports.ts';
import type { CampaignSchedule, StoredSchedule } from './schedule.ts';
import { type SetTimerDeps, setTimer } from './set-timer.ts';
import type { TellRunDeps } from './tell-run.ts';
import { timingProblem, wholeMinute } from './timing.ts';

export interface ChangeScheduleDeps extends SetTimerDeps, TellRunDeps {
  readonly schedules: ScheduleStore;
  readonly timers: ScheduleTimers;
}

/** What an operator wants a schedule to be. */
export interface WantedSchedule extends Pick<CampaignSchedule, 'source' | 'activation' | 'mapping' | 'enabled'> {
  readonly expression: string;
  readonly timeZone: string;
}

export interface ChangeCommand {
  readonly key: ScheduleKey;
  readonly by: string;
  /** The version that the operator has seen. */
  readonly ifVersion?: number | undefined;
}

/** `detail` is one sentence. */
export type ChangeScheduleFailure =
  | { readonly code: 'not-found' }
  | { readonly code: 'field-unusable'; readonly pointer: string; readonly detail: string }
  | { readonly code: 'too-many-schedules'; readonly detail: string }
  /** There is such a schedule, and the operator does not tell which version is to be replaced. */
  | { readonly code: 'version-needed'; readonly detail: string }
  /** Somebody else changed it since. */
  | { readonly code: 'version-changed'; readonly detail: string };

type Changed = Result<
  StoredSchedule & { readonly outcome: 'created' | 'changed' | 'unchanged' },
  ChangeScheduleFailure
>;

/**
 * Creates a schedule, or replaces the version that the operator has seen. What it is already needs no version: sending the
 * same again after a lost answer is harmless, and sets its timer again.
 */
export async function putSchedule(deps: ChangeScheduleDeps, command: ChangeCommand & WantedSchedule): Promise<Changed> {
  const { key, by, ifVersion } = command;
  const nowMs = deps.clock.nowMs();
  const unusable = fieldProblem(command, nowMs);
  if (unusable) return fail(unusable);
  const before = (await deps.schedules.read(key))?.schedule;
  const after = scheduleAfter(before, command, { nowMs, by });
  if (after === before) return timed(deps, before, 'unchanged');
  const refused = before ? versionProblem(before, ifVersion, true) : await firstProblem(deps, key, ifVersion);
  if (refused) return fail(refused);
  return write(deps, before, after);
}

/** Pauses a schedule or lets it go on; a schedule that is so already stays as it is. */
export async function enableSchedule(
  deps: ChangeScheduleDeps,
  { key, by, ifVersion, enabled }: ChangeCommand & { readonly enabled: boolean },
): Promise<Changed> {
  for (let attempt = 1; ; attempt += 1) {
    const before = (await deps.schedules.read(key))?.schedule;
    if (!before) return fail({ code: 'not-found' });
    const refused = versionProblem(before, ifVersion, false);
    if (refused) return fail(refused);
    if (before.enabled === enabled) return timed(deps, before, 'unchanged');
    const nowMs = deps.clock.nowMs();
    const after = { ...before, enabled, ...changedBy(by, nowMs, before), enabledSinceMs: nowMs };
    const written = await write(deps, before, after);
    if (written.ok || ifVersion !== undefined || attempt === attemptsMax) return written;
  }
}

/** Deletes a schedule with its timer. Which files it took stays known, and so does its history for a while. */
export async function deleteSchedule(
  deps: ChangeScheduleDeps,
  { key, ifVersion }: ChangeCommand,
): Promise<Result<'deleted', ChangeScheduleFailure>> {
  const before = (await deps.schedules.read(key))?.schedule;
  const refused = before && versionProblem(before, ifVersion, false);
  if (refused) return fail(refused);
  const removed = before ? await deps.schedules.remove(key, before.version) : 'absent';
  if (removed === 'conflict') return fail(versionChanged);
  // Also where there was none: an earlier try may have broken off before its timer was cleared.
  await setTimer(deps, key);
  return removed === 'absent' ? fail({ code: 'not-found' }) : ok('deleted');
}

const attemptsMax = 3;

const versionChanged = {
  code: 'version-changed',
  detail: 'The schedule was changed meanwhile; read it again and decide anew.',
} as const;

const changedBy = (by: string, nowMs: EpochMs, before: CampaignSchedule | undefined) => ({
  changedBy: by,
  changedAtMs: nowMs,
  version: (before?.version ?? 0) + 1,
});

/** The very same schedule where nothing would change. */
function scheduleAfter(
  before: CampaignSchedule | undefined,
  { key, expression, timeZone, source, activation, mapping, enabled }: ChangeCommand & WantedSchedule,
  { nowMs, by }: { readonly nowMs: EpochMs; readonly by: string },
): CampaignSchedule {
  const isSameTiming = before?.timing.expression === expression && before.timing.timeZone === timeZone;
  const wanted: CampaignSchedule = {
    campaignId: key.campaignId,
    name: key.name,
    timing: isSameTiming ? before.timing : { expression, timeZone, sinceMs: wholeMinute(nowMs) },
    source,
    ...(activation && { activation }),
    ...(mapping && { mapping }),
    enabled,
    enabledSinceMs: before?.enabled === enabled ? before.enabledSinceMs : nowMs,
    createdAtMs: before?.createdAtMs ?? nowMs,
    changedAtMs: before?.changedAtMs ?? nowMs,
    changedBy: before?.changedBy ?? by,
    version: before?.version ?? 0,
  };
  return before && isDeepStrictEqual(wanted, before) ? before : { ...wanted, ...changedBy(by, nowMs, before) };
}

/**
 * Writes a change and sets the timer. What the times before should have started and nothing did is told first, what the change
 * itself cuts off after it, when it is certain.
 */
async function write(
  deps: ChangeScheduleDeps,
  before: CampaignSchedule | undefined,
  after: CampaignSchedule,
): Promise<Changed> {
  const nowMs = deps.clock.nowMs();
  const cutOff = before && cutOffBy(before, after);
  if (before && cutOff) {
    const ranUntilMs = before.enabled ? nowMs : Math.min(before.enabledSinceMs, nowMs);
    await accountForMissed(deps, before, ranUntilMs - (before.enabled ? scheduleLimits.graceMs : 0), lost);
  }
  if ((await deps.schedules.write(after)) === 'conflict') return fail(versionChanged);
  if (before && cutOff) await accountForMissed(deps, before, nowMs, cutOff);
  return timed(deps, after, before ? 'changed' : 'created');
}

/** Why planned times until now have no run, where a change ends the wait for them. */
function cutOffBy(before: CampaignSchedule, after: CampaignSchedule): Reason | undefined {
  if (!before.enabled && (after.enabled || after.timing !== before.timing)) return paused;
  return after.timing === before.timing ? undefined : changed;
}

async function timed(
  deps: ChangeScheduleDeps,
  schedule: CampaignSchedule,
  outcome: 'created' | 'changed' | 'unchanged',
): Promise<Changed> {
  await setTimer(deps, schedule);
  return ok({ schedule, timedVersion: schedule.version, outcome });
}

function fieldProblem(
  { key, expression, timeZone, source }: ChangeCommand & WantedSchedule,
  nowMs: EpochMs,
): ChangeScheduleFailure | undefined {
  const timing = timingProblem({ expression, timeZone }, nowMs);
  if (timing) return { code: 'field-unusable', pointer: `/${timing.field}`, detail: timing.detail };
  const folder = filesOfCampaign(key.campaignId);
  if (source.prefix.startsWith(folder)) return undefined;
  return {
    code: 'field-unusable',
    pointer: '/source/prefix',
    detail: `source.prefix must begin with ${folder}, the folder of the campaign, got ${source.prefix}.`,
  };
}

async function firstProblem(
  { schedules }: ChangeScheduleDeps,
  { campaignId }: ScheduleKey,
  ifVersion: number | undefined,
): Promise<ChangeScheduleFailure | undefined> {
  if (ifVersion !== undefined) {
    return { code: 'version-changed', detail: 'There is no such schedule any more; leave If-Match out to create it.' };
  }
  const { perCampaign } = scheduleLimits;
  const { schedules: there } = await schedules.list(campaignId, { limit: perCampaign });
  if (there.length < perCampaign) return undefined;
  return {
    code: 'too-many-schedules',
    detail: `The campaign has ${perCampaign} schedules already; delete one that is not needed.`,
  };
}

function versionProblem(
  before: CampaignSchedule,
  ifVersion: number | undefined,
  isNeeded: boolean,
): ChangeScheduleFailure | undefined {
  if (ifVersion === before.version) return undefined;
  if (ifVersion !== undefined) {
    const detail = `The schedule has version ${before.version} now, not ${ifVersion}; read it again and decide anew.`;
    return { code: 'version-changed', detail };
  }
  if (!isNeeded) return undefined;
  return {
    code: 'version-needed',
    detail: `There is such a schedule already: send If-Match with the version that is to be replaced, now "${before.version}".`,
  };
}
