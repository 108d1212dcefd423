import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { PlanLists } from '../../campaigns/plan-ports.ts';
import { campaignSettings } from '../../campaigns/upload-settings.ts';
import type { Upload } from '../../campaigns/upload.ts';
import type { Settings } from '../../settings/schema.ts';
import type { Clock, EpochMs } from '../../shared/clock.ts';
import { DynamoNumberLists } from '../dynamodb/number-lists.ts';
import { openRegistryReader } from '../s3/registry-reader.ts';
import type { Observability } from './observability.ts';
import { reportUnreadable } from './report-unreadable.ts';

export interface PlanListsDeps {
  readonly dynamo: DynamoDBClient;
  readonly env: {
    readonly CAMPAIGNS_TABLE: string;
    readonly SUPPRESSIONS_TABLE: string;
    readonly COUNTERS_TABLE: string;
    readonly REGISTRY_BUCKET: string;
    readonly REGISTRY_PREFIX: string;
  };
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'uploads' | 'policy'>;
  readonly observability: Observability;
}

/** What functions that plan uploads ask about the numbers of a file. */
export function planLists(deps: PlanListsDeps): (upload: Upload, nowMs: EpochMs) => PlanLists {
  const { dynamo, env, clock, settings, observability } = deps;
  const numbers = new DynamoNumberLists(dynamo, clock, { isConsistent: false });
  const place = { bucket: env.REGISTRY_BUCKET, prefix: env.REGISTRY_PREFIX };
  const isSubscribed = settings.policy.registries.US?.subscribed === true;
  const openRegistries = (): PlanLists['registries'] =>
    isSubscribed
      ? { 'registry:US': openRegistryReader(place, { clock, reportFault: reportUnreadable(observability) }) }
      : {};
  return ({ id, campaignId }, nowMs) => {
    const { repeatDays } = campaignSettings(settings.uploads, campaignId);
    const lately = numbers.uploadedLately(env.CAMPAIGNS_TABLE, campaignId, { id, nowMs });
    return {
      internal: numbers.internal(env.SUPPRESSIONS_TABLE),
      uploadedLately: repeatDays === 0 ? 'not-checked' : lately,
      attempts: numbers.attempts(env.COUNTERS_TABLE),
      registries: openRegistries(),
    };
  };
}
