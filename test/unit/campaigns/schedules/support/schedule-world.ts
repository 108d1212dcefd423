import type { ScheduleRunEnded } from '../../../../../events/schedule-run-ended/schema.ts';
import type { RunSchedule } from '../../../../../events/run-schedule/schema.ts';
import {
  type ChangeScheduleDeps,
  enableSchedule,
  putSchedule,
} from '../../../../../src/campaigns/schedules/change-schedule.ts';
import type {
  ContactFile,
  RunStore,
  ScheduleKey,
  ScheduleStore,
  ScheduleTimers,
  Taking,
  Takings,
  UploadOrder,
} from '../../../../../src/campaigns/schedules/ports.ts';
import { type RunScheduleDeps, runSchedule } from '../../../../../src/campaigns/schedules/run-schedule.ts';
import type { CampaignSchedule, ScheduleRun, StoredSchedule } from '../../../../../src/campaigns/schedules/schedule.ts';
import { fail, ok } from '../../../../../src/shared/result.ts';

export const minuteMs = 60_000;
/** Monday, 23 November 2026, 9:00 in New York. */
export const nineMs = Date.parse('2026-11-23T14:00:00Z');
export const key: ScheduleKey = { campaignId: 'spring-offers', name: 'mornings' };
export const folder = 'files/spring-offers/';
export const hourly = {
  key,
  by: 'operator:ada',
  expression: 'cron(0 * * * ? *)',
  timeZone: 'America/New_York',
  source: { prefix: folder, take: 'all-new' },
  enabled: true,
} as const;

export class Crash extends Error {}

const keyText = ({ campaignId, name }: ScheduleKey): string => `${campaignId}/${name}`;
const versioned = <T extends { readonly version: number }>(
  stored: Map<string, T>,
  at: string,
  after: T,
): 'written' | 'conflict' => {
  if ((stored.get(at)?.version ?? 0) !== after.version - 1) return 'conflict';
  stored.set(at, structuredClone(after));
  return 'written';
};

/** Everything that schedules touch, in memory; each touch is a step at which the caller can be made to crash. */
export class ScheduleWorld {
  nowMs = nineMs - 30 * minuteMs;
  readonly schedules = new Map<string, CampaignSchedule>();
  readonly timed = new Map<string, number>();
  /** What EventBridge holds: the version that the timer was set by. */
  readonly timers = new Map<string, { readonly version: number; readonly firstMs: number | undefined }>();
  readonly runs = new Map<string, ScheduleRun>();
  readonly accounted = new Map<string, number>();
  readonly takings = new Map<string, Taking>();
  /** By idempotency key: the uploads that exist, with their order. */
  readonly uploads = new Map<string, { readonly id: string; readonly key: string; readonly order: UploadOrder }>();
  readonly events: ScheduleRunEnded[] = [];
  readonly ended: ScheduleRun[] = [];
  bucket: ContactFile[] | 'incomplete' = [];
  steps = 0;
  /** Crashes before this step, or after it, when what it does is done. */
  crashAt: { readonly step: number; readonly when: 'before' | 'after' } | undefined;
  /** Runs in the middle of setting a timer. */
  onTimer: (() => Promise<void>) | undefined;
  /** Keys of files that cannot be given to an upload for now. */
  readonly broken = new Set<string>();

  put(name: string, modifiedMs = this.nowMs, etag = `"${name}-1"`): void {
    if (this.bucket === 'incomplete') throw new Error('The bucket is too full.');
    const file = { key: `${folder}${name}`, etag, modifiedMs };
    this.bucket = [...this.bucket.filter(({ key: other }) => other !== file.key), file];
  }

  taken(): readonly string[] {
    return [...this.uploads.values()].map(({ key: file }) => file.slice(folder.length));
  }

  history(): readonly ScheduleRun[] {
    return [...this.runs.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  schedule(): CampaignSchedule {
    const found = this.schedules.get(keyText(key));
    if (!found) throw new Error('There is no schedule.');
    return found;
  }

  async create(more: Partial<Parameters<typeof putSchedule>[1]> = {}): Promise<void> {
    const created = await putSchedule(this.deps, { ...hourly, ...more });
    if (!created.ok) throw new Error(JSON.stringify(created.failure));
  }

  enable(enabled: boolean): ReturnType<typeof enableSchedule> {
    return enableSchedule(this.deps, { key, by: 'operator:ada', enabled });
  }

  planned(plannedMs: number): RunSchedule {
    const { timing } = this.schedule();
    const plannedAt = new Date(plannedMs).toISOString();
    return { campaign: key.campaignId, schedule: key.name, timingMs: timing.sinceMs, plannedAt };
  }

  /** The clock strikes, and the message of that time is delivered. */
  async runAt(plannedMs: number, lateMs = 5_000): Promise<string> {
    this.nowMs = Math.max(this.nowMs, plannedMs + lateMs);
    return runSchedule(this.deps, this.planned(plannedMs));
  }

  async #step<T>(work: () => T): Promise<T> {
    this.steps += 1;
    const { step, when } = this.crashAt ?? {};
    if (step === this.steps && when === 'before') throw new Crash();
    const answer = work();
    if (step === this.steps && when === 'after') throw new Crash();
    return answer;
  }

  readonly #schedules: ScheduleStore = {
    read: (at) =>
      this.#step((): StoredSchedule | undefined => {
        const schedule = this.schedules.get(keyText(at));
        return schedule && { schedule: structuredClone(schedule), timedVersion: this.timed.get(keyText(at)) ?? 0 };
      }),
    list: (campaignId, { limit }) =>
      this.#step(() => ({
        schedules: [...this.schedules.values()]
          .filter((schedule) => schedule.campaignId === campaignId)
          .slice(0, limit)
          .map((schedule) => ({ schedule, timedVersion: 0 })),
      })),
    write: (after) => this.#step(() => versioned(this.schedules, keyText(after), after)),
    remove: (at, version) =>
      this.#step(() => {
        if (this.schedules.get(keyText(at))?.version !== version) return 'conflict';
        this.schedules.delete(keyText(at));
        return 'removed';
      }),
    markTimed: (at, version) => this.#step(() => void this.timed.set(keyText(at), version)),
  };

  readonly #timers: ScheduleTimers = {
    set: async (schedule, firstMs) => {
      const { onTimer } = this;
      this.onTimer = undefined;
      await onTimer?.();
      await this.#step(() => void this.timers.set(keyText(schedule), { version: schedule.version, firstMs }));
    },
    clear: (at) => this.#step(() => void this.timers.delete(keyText(at))),
  };

  readonly #runs: RunStore = {
    read: (_at, id) => this.#step(() => structuredClone(this.runs.get(id))),
    write: (after) => this.#step(() => versioned(this.runs, after.id, after)),
    list: () => this.#step(() => ({ runs: this.history().toReversed() })),
    between: (_at, fromMs, toMs, limit) =>
      this.#step(() =>
        this.history()
          .filter(({ plannedMs }) => plannedMs > fromMs && plannedMs <= toMs)
          .slice(0, limit),
      ),
    readAccountedUntil: (at) => this.#step(() => this.accounted.get(keyText(at))),
    setAccountedUntil: (at, untilMs) =>
      this.#step(() => void this.accounted.set(keyText(at), Math.max(untilMs, this.accounted.get(keyText(at)) ?? 0))),
  };

  readonly #takings: Takings = {
    read: (_campaignId, files) =>
      this.#step(() => files.map((file) => structuredClone(this.takings.get(`${file.key} ${file.etag}`)))),
    claim: (_campaignId, taking, over) =>
      this.#step(() => {
        const at = `${taking.file.key} ${taking.file.etag}`;
        const there = this.takings.get(at);
        if (there?.runId !== over?.runId || there?.takenMs !== over?.takenMs) return 'taken-by-another';
        this.takings.set(at, structuredClone(taking));
        return 'claimed';
      }),
    settle: (_campaignId, taking) =>
      this.#step(() => void this.takings.set(`${taking.file.key} ${taking.file.etag}`, structuredClone(taking))),
  };

  readonly deps: ChangeScheduleDeps & RunScheduleDeps = {
    schedules: this.#schedules,
    timers: this.#timers,
    runs: this.#runs,
    takings: this.#takings,
    files: { list: () => this.#step(() => structuredClone(this.bucket)) },
    uploads: {
      start: (file, order) =>
        this.#step(() => {
          if (this.broken.has(file.key)) throw new Error('The table of uploads is away.');
          const idempotencyKey = order.idempotencyKey ?? '';
          const there = this.uploads.get(idempotencyKey);
          if (there && JSON.stringify(there.order) !== JSON.stringify(order)) {
            return fail({ code: 'idempotency-key-reused' });
          }
          const upload = there ?? { id: `upload-${this.uploads.size + 1}`, key: file.key, order };
          this.uploads.set(idempotencyKey, upload);
          return ok({ id: upload.id });
        }),
    },
    bus: { runEnded: (event) => this.#step(() => void this.events.push(event)) },
    onEnded: (run) => this.ended.push(run),
    clock: { nowMs: () => this.nowMs },
    organizationId: 'org',
  };
}
