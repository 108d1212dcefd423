import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { RunScheduleSchema } from '../../events/run-schedule/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { parseMessage } from '../../src/adapters/lambda/parse-message.ts';
import { recordFailures } from '../../src/adapters/lambda/record-failures.ts';
import { type RunScheduleDeps, runSchedule } from '../../src/campaigns/schedules/run-schedule.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

export type Deps = RunScheduleDeps & Pick<Observability, 'logger'>;

export const createHandler = (deps: Deps) =>
  middy<SQSEvent, SQSBatchResponse>().handler(
    async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
      processPartialResponse(
        event,
        recordFailures(deps.logger, logCodes.scheduleRunFailed, (record: SQSRecord) => runRecord(deps, record)),
        new BatchProcessor(EventType.SQS),
        { context, throwOnFullBatchFailure: false },
      ),
  );

async function runRecord(deps: Deps, { body }: SQSRecord): Promise<void> {
  const message = parseMessage(RunScheduleSchema, body);
  const outcome = await runSchedule(deps, message);
  const { campaign, schedule } = message;
  deps.logger.info(logCodes.scheduleRun, { campaign, schedule, outcome });
}
