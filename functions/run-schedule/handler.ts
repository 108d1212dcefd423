import type { SQSRecord } from 'aws-lambda';
import { RunScheduleSchema } from '../../events/run-schedule/schema.ts';
import { queueHandler } from '../../src/adapters/lambda/batch-handlers.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { parseMessage } from '../../src/adapters/lambda/parse-message.ts';
import { type RunScheduleDeps, runSchedule } from '../../src/campaigns/schedules/run-schedule.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

export type Deps = RunScheduleDeps & Pick<Observability, 'logger'>;

export const createHandler = (deps: Deps) =>
  queueHandler(deps.logger, logCodes.scheduleRunFailed, (record) => runRecord(deps, record));

async function runRecord(deps: Deps, { body }: SQSRecord): Promise<void> {
  const message = parseMessage(RunScheduleSchema, body);
  const outcome = await runSchedule(deps, message);
  const { campaign, schedule } = message;
  deps.logger.info(logCodes.scheduleRun, { campaign, schedule, outcome });
}
