import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { CampaignMappingSchema } from '../../../events/campaign-mapping/schema.ts';
import { scheduleLimits } from '../../campaigns/schedules/limits.ts';
import type { ContactFile, ScheduleKey, Taking } from '../../campaigns/schedules/ports.ts';
import {
  type CampaignSchedule,
  type ScheduleRun,
  type StoredSchedule,
  finalRunStatuses,
} from '../../campaigns/schedules/schedule.ts';
import { sha256 } from '../../shared/digest.ts';
import { type Item, item, ttl } from './call-item.ts';
import { readItem } from './read-item.ts';

const runsOf = ({ campaignId, name }: ScheduleKey): string => `SCHEDULE#${campaignId}#${name}`;

export const scheduleKeys = {
  schedule: ({ campaignId, name }: ScheduleKey) => ({ pk: `SCHEDULES#${campaignId}`, sk: name }),
  run: (key: ScheduleKey, runId: string) => ({ pk: runsOf(key), sk: `${runPrefix}${runId}` }),
  accounted: (key: ScheduleKey) => ({ pk: runsOf(key), sk: 'ACCOUNTED' }),
  /** By contents as much as by name: what is put to the same key later is another file. */
  taking: (campaignId: string, { key, etag }: Pick<ContactFile, 'key' | 'etag'>) => ({
    pk: `FILE#${campaignId}#${sha256(JSON.stringify([key, etag]))}`,
    sk: 'TAKEN',
  }),
} as const;

export const runPrefix = 'RUN#';

const Ms = z.number();
const ActivationSchema = z.union([z.object({ lagMinutes: z.number() }), z.object({ at: z.string() })]);

const ScheduleSchema = z.object({
  campaignId: z.string(),
  name: z.string(),
  timing: z.object({ expression: z.string(), timeZone: z.string(), sinceMs: Ms }),
  source: z.object({ prefix: z.string(), take: z.enum(['newest', 'all-new']) }),
  activation: z.optional(ActivationSchema),
  mapping: z.optional(CampaignMappingSchema),
  enabled: z.boolean(),
  enabledSinceMs: Ms,
  createdAtMs: Ms,
  changedAtMs: Ms,
  changedBy: z.string(),
  version: z.int(),
});

const RunSchema = z.object({
  campaignId: z.string(),
  scheduleName: z.string(),
  id: z.string(),
  kind: z.enum(['planned', 'asked']),
  plannedMs: Ms,
  status: z.enum(['running', ...finalRunStatuses]),
  isOnPurpose: z.optional(z.boolean()),
  because: z.optional(z.string()),
  startedMs: z.optional(Ms),
  leaseUntilMs: z.optional(Ms),
  endedMs: z.optional(Ms),
  askedBy: z.optional(z.string()),
  files: z.array(z.object({ key: z.string(), uploadId: z.optional(z.string()), problem: z.optional(z.string()) })),
  filesLeft: z.optional(z.number()),
  missed: z.optional(z.object({ count: z.number(), sinceMs: Ms })),
  isTold: z.boolean(),
  version: z.int(),
});

const TakingSchema = z.object({
  file: z.object({ key: z.string(), etag: z.string(), modifiedMs: Ms }),
  scheduleName: z.string(),
  runId: z.string(),
  takenMs: Ms,
  order: z.object({
    campaignId: z.string(),
    name: z.optional(z.string()),
    idempotencyKey: z.optional(z.string()),
    by: z.string(),
    mapping: z.optional(CampaignMappingSchema),
    activationLagMinutes: z.optional(z.number()),
  }),
  uploadId: z.optional(z.string()),
  problem: z.optional(z.string()),
});

export const scheduleItem = (schedule: CampaignSchedule, timedVersion: number): Item =>
  item({ ...scheduleKeys.schedule(schedule), ...schedule, timedVersion });

export const runItem = (run: ScheduleRun): Item =>
  item({
    ...scheduleKeys.run({ campaignId: run.campaignId, name: run.scheduleName }, run.id),
    ...run,
    ...ttl(run.plannedMs + scheduleLimits.runKeptMs),
  });

export const takingItem = (campaignId: string, taking: Taking): Item =>
  item({
    ...scheduleKeys.taking(campaignId, taking.file),
    ...taking,
    ...ttl(taking.takenMs + scheduleLimits.takenKeptMs),
  });

/** @throws StoredItemError */
export function readSchedule(stored: Item): StoredSchedule {
  const raw = unmarshall(stored);
  const schedule = readItem(ScheduleSchema, raw, 'schedule of a campaign');
  return { schedule, timedVersion: Number(raw['timedVersion'] ?? 0) };
}

/** @throws StoredItemError */
export const readRun = (stored: Item): ScheduleRun => readItem(RunSchema, unmarshall(stored), 'run of a schedule');

/** @throws StoredItemError */
export const readTaking = (stored: Item): Taking =>
  readItem(TakingSchema, unmarshall(stored), 'note of a file that was taken');
