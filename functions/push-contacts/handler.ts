import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSRecord } from 'aws-lambda';
import { CampaignPushSchema } from '../../events/campaign-push/schema.ts';
import { queueHandler } from '../../src/adapters/lambda/batch-handlers.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { parseMessage } from '../../src/adapters/lambda/parse-message.ts';
import { type CarryUploadDeps, carryUpload } from '../../src/campaigns/carry-upload.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

export type Deps = Omit<CarryUploadDeps, 'owner'> & Observability;

/** A request that is on its way when the time ends waits 5 s for the budget and 10 s for Webex, and is then written down. */
const endingMs = 20_000;

export const createHandler = (deps: Deps) =>
  queueHandler(deps.logger, logCodes.uploadPushFailed, (record, context) => pushRecord(deps, record, context));

async function pushRecord(deps: Deps, record: SQSRecord, context: Context): Promise<void> {
  const { uploadId } = parseMessage(CampaignPushSchema, record.body);
  const deadlineMs = deps.clock.nowMs() + context.getRemainingTimeInMillis() - endingMs;
  const { outcome } = await carryUpload({ ...deps, owner: context.awsRequestId }, uploadId, deadlineMs);
  deps.logger.info(logCodes.uploadPushed, { uploadId, outcome });
  if (outcome !== 'paused') return;
  const because = (await deps.ledger.find(uploadId))?.because;
  if (because === undefined) return;
  deps.logger.error(logCodes.uploadPaused, { uploadId, because });
  deps.metrics.addMetric('UploadPaused', MetricUnit.Count, 1);
  deps.metrics.publishStoredMetrics();
}
