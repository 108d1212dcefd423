import type { SQSRecord } from 'aws-lambda';
import { GatherContactsSchema } from '../../events/gather-contacts/schema.ts';
import { queueHandler } from '../../src/adapters/lambda/batch-handlers.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { parseMessage } from '../../src/adapters/lambda/parse-message.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { type GatherContactsDeps, gatherContacts } from '../../src/triggers/batches/gather-contacts.ts';

export type Deps = GatherContactsDeps & Pick<Observability, 'logger'>;

export const createHandler = (deps: Deps) =>
  queueHandler(deps.logger, logCodes.contactsGatheringFailed, (record) => gatherRecord(deps, record));

async function gatherRecord(deps: Deps, { body }: SQSRecord): Promise<void> {
  const batch = parseMessage(GatherContactsSchema, body);
  const outcome = await gatherContacts(deps, batch);
  deps.logger.info(logCodes.contactsGathered, { campaign: batch.campaign, source: batch.source, ...outcome });
}
