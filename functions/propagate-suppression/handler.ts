import type { SQSRecord } from 'aws-lambda';
import { PropagateSuppressionSchema } from '../../events/propagate-suppression/schema.ts';
import { queueHandler } from '../../src/adapters/lambda/batch-handlers.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { parseMessage } from '../../src/adapters/lambda/parse-message.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { maskNumber } from '../../src/shared/mask.ts';
import { type PropagateSuppressionDeps, propagateSuppression } from '../../src/suppression/propagate-suppression.ts';

type Deps = PropagateSuppressionDeps & Pick<Observability, 'logger'>;

/** A number that Webex could not be told of comes again after the queue's visibility time. */
export const createHandler = (deps: Deps) =>
  queueHandler(deps.logger, logCodes.suppressionPropagationFailed, (record) => propagateRecord(deps, record));

async function propagateRecord(deps: Deps, record: SQSRecord): Promise<void> {
  const { number } = parseMessage(PropagateSuppressionSchema, record.body);
  const outcome = await propagateSuppression(deps, number);
  deps.logger.info(logCodes.suppressionPropagated, { number: maskNumber(number), ...outcome });
}
