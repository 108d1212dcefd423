import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { ScheduleRun } from '../../campaigns/schedules/schedule.ts';
import { needsAttention } from '../../campaigns/schedules/tell-run.ts';
import { logCodes } from '../../shared/log-codes.ts';
import type { Observability } from './observability.ts';

/** Tells how a run of a schedule ended; the metrics ring the alarms of what was missed or failed. */
export const reportRun =
  ({ logger, metrics }: Observability) =>
  (run: ScheduleRun): void => {
    const attention = needsAttention(run);
    const { campaignId: campaign, scheduleName: schedule, id, status, because, missed } = run;
    const uploads = run.files.flatMap(({ uploadId }) => uploadId ?? []);
    const told = { campaign, schedule, run: id, status, because, uploads, missed: missed?.count };
    if (attention) logger.error(logCodes.scheduleRunEnded, told);
    else logger.info(logCodes.scheduleRunEnded, told);
    metrics.addMetric('ScheduleRunsMissed', MetricUnit.Count, attention === 'missed' ? (missed?.count ?? 1) : 0);
    metrics.addMetric('ScheduleRunsFailed', MetricUnit.Count, attention === 'failed' ? 1 : 0);
    metrics.addMetric('ScheduleRunsEmpty', MetricUnit.Count, status === 'empty' ? 1 : 0);
    metrics.publishStoredMetrics();
  };
