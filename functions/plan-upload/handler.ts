import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSRecord } from 'aws-lambda';
import { type PlanUpload, PlanUploadSchema } from '../../events/plan-upload/schema.ts';
import { queueHandler } from '../../src/adapters/lambda/batch-handlers.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { parseMessage } from '../../src/adapters/lambda/parse-message.ts';
import { type PlanFileDeps, planFile } from '../../src/campaigns/plan-file.ts';
import { uploadOfLinkedFile } from '../../src/campaigns/upload-objects.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

export type Deps = Omit<PlanFileDeps, 'owner'> & Observability;

export const createHandler = (deps: Deps) =>
  queueHandler(deps.logger, logCodes.uploadPlanningFailed, (record, context) => planRecord(deps, record, context));

async function planRecord(deps: Deps, record: SQSRecord, context: Context): Promise<void> {
  for (const uploadId of uploadsIn(parseMessage(PlanUploadSchema, record.body))) {
    const deadlineMs = deps.clock.nowMs() + context.getRemainingTimeInMillis();
    const outcome = await planFile({ ...deps, owner: context.awsRequestId }, uploadId, deadlineMs);
    deps.logger.info(logCodes.uploadPlanned, { uploadId, outcome });
    if (outcome !== 'refused') continue;
    deps.metrics.addMetric('UploadRefused', MetricUnit.Count, 1);
    deps.metrics.publishStoredMetrics();
  }
}

function uploadsIn(message: PlanUpload): string[] {
  if ('uploadId' in message) return [message.uploadId];
  // S3 writes keys into its events as a form does: a space is a plus sign.
  const keys = message.Records.map(({ s3 }) => decodeURIComponent(s3.object.key.replaceAll('+', ' ')));
  return keys.flatMap((key) => uploadOfLinkedFile(key) ?? []);
}
