import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { type PlanUpload, PlanUploadSchema } from '../../events/plan-upload/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { parseMessage } from '../../src/adapters/lambda/parse-message.ts';
import { recordFailures } from '../../src/adapters/lambda/record-failures.ts';
import { type PlanFileDeps, planFile } from '../../src/campaigns/plan-file.ts';
import { uploadOfLinkedFile } from '../../src/campaigns/upload-objects.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

export type Deps = Omit<PlanFileDeps, 'owner'> & Observability;

export const createHandler = (deps: Deps) =>
  middy<SQSEvent, SQSBatchResponse>().handler(
    async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
      processPartialResponse(
        event,
        recordFailures(deps.logger, logCodes.uploadPlanningFailed, (record: SQSRecord) =>
          planRecord(deps, record, context),
        ),
        new BatchProcessor(EventType.SQS),
        { context, throwOnFullBatchFailure: false },
      ),
  );

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
