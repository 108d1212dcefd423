import type { CampaignMapping } from '../../../events/campaign-mapping/schema.ts';
import type { EpochMs } from '../../shared/clock.ts';

/** When the contacts of a taken file become callable: so long after the run, or at the next such time of day. */
export type Activation = { readonly lagMinutes: number } | { readonly at: string };

/** When a schedule runs. */
export interface Timing {
  /** `cron(...)` or `rate(...)` in EventBridge's syntax. */
  readonly expression: string;
  /** IANA. */
  readonly timeZone: string;
  /** From when it counts: runs are planned after it, and those of a rate lie whole periods from it. */
  readonly sinceMs: EpochMs;
}

/** A recurring upload of one campaign: what an operator wrote. What its runs do is kept apart from it. */
export interface CampaignSchedule {
  readonly campaignId: string;
  readonly name: string;
  readonly timing: Timing;
  readonly source: { readonly prefix: string; readonly take: 'newest' | 'all-new' };
  readonly activation?: Activation | undefined;
  readonly mapping?: CampaignMapping | undefined;
  readonly enabled: boolean;
  /** Since when it is enabled, or paused. */
  readonly enabledSinceMs: EpochMs;
  readonly createdAtMs: EpochMs;
  readonly changedAtMs: EpochMs;
  readonly changedBy: string;
  readonly version: number;
}

/** A schedule, and the version that its timer in EventBridge was last set by. */
export interface StoredSchedule {
  readonly schedule: CampaignSchedule;
  readonly timedVersion: number;
}

/** A file that a run took, or could not take. */
export interface TakenFile {
  readonly key: string;
  readonly uploadId?: string;
  readonly problem?: string;
}

export const finalRunStatuses = ['taken', 'empty', 'missed', 'failed'] as const;

/** One run of a schedule, or the planned times that went by without one. */
export interface ScheduleRun {
  readonly campaignId: string;
  readonly scheduleName: string;
  readonly id: string;
  readonly kind: 'planned' | 'asked';
  readonly plannedMs: EpochMs;
  readonly status: 'running' | (typeof finalRunStatuses)[number];
  /** Of a missed run nobody is alarmed that was missed on purpose, because the schedule was paused. */
  readonly isOnPurpose?: boolean | undefined;
  /** One sentence. */
  readonly because?: string | undefined;
  readonly startedMs?: EpochMs | undefined;
  /** Until when others keep away from a run that is under way. */
  readonly leaseUntilMs?: EpochMs | undefined;
  readonly endedMs?: EpochMs | undefined;
  readonly askedBy?: string | undefined;
  readonly files: readonly TakenFile[];
  readonly filesLeft?: number | undefined;
  /** Planned times that went by, `plannedMs` the last of them. */
  readonly missed?: { readonly count: number; readonly sinceMs: EpochMs } | undefined;
  /** Whether the bus and the alarm know of its end. */
  readonly isTold: boolean;
  readonly version: number;
}

/** The same for each try of a planned time, and in the order of time. */
export const runId = (atMs: EpochMs, kind: ScheduleRun['kind']): string =>
  `${new Date(atMs).toISOString()}${kind === 'asked' ? '-asked' : ''}`;

export const isOver = ({ status }: Pick<ScheduleRun, 'status'>): boolean => status !== 'running';
