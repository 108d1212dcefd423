import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type ChangeUpload, ChangeUploadSchema } from '../../events/campaign-upload/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { operatorOf } from '../../src/adapters/lambda/operator.ts';
import { parseBody } from '../../src/adapters/lambda/parse-body.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { json } from '../../src/adapters/lambda/respond.ts';
import { uploadInPath } from '../../src/adapters/lambda/upload-path.ts';
import {
  cancelUpload,
  confirmUpload,
  pauseUpload,
  resumeUpload,
  sendAgain,
} from '../../src/campaigns/control-upload.ts';
import { describeUpload } from '../../src/campaigns/describe-upload.ts';
import type { ContactListGateway, UploadStore } from '../../src/campaigns/push-ports.ts';
import type { ConfirmedMappings, PushQueue, Upload, UploadLedger } from '../../src/campaigns/upload.ts';
import type { Clock } from '../../src/shared/clock.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { toProblem } from './translate.ts';

export interface Deps extends Pick<Observability, 'logger'> {
  readonly ledger: Pick<UploadLedger, 'find'>;
  readonly uploads: UploadStore;
  readonly mappings: Pick<ConfirmedMappings, 'keep'>;
  readonly listsOf: (campaignId: string) => Pick<ContactListGateway, 'expire'>;
  readonly pushes: PushQueue;
  readonly clock: Clock;
}

/** How long Webex may take to set a list to expired; API Gateway waits 30 s. */
const expireMsMax = 12_000;

export const createHandler = (deps: Deps) =>
  middy()
    .use(problemDetails(deps.logger))
    .handler(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
      const upload = await uploadInPath(event, deps.ledger);
      const by = operatorOf(event);
      const { action } = await parseBody(event, ChangeUploadSchema);
      const changed = await change(deps, upload, action);
      if (!changed.ok) throw toProblem(changed.failure, action);
      if (action === 'confirm') await keepMapping(deps, upload, by);
      // Also where one waits there already: a message that is lost would leave the upload behind.
      if (changed.value.status === 'ready' || changed.value.status === 'pushing') await deps.pushes.send(upload.id, 0);
      deps.logger.info(logCodes.uploadChanged, { uploadId: upload.id, action, by, status: changed.value.status });
      return json(200, await seen(deps, upload.id));
    });

function change(deps: Deps, { id, campaignId }: Upload, action: ChangeUpload['action']) {
  switch (action) {
    case 'confirm':
      return confirmUpload(deps.uploads, id);
    case 'pause':
      return pauseUpload(deps.uploads, id);
    case 'resume':
      return resumeUpload(deps.uploads, id);
    case 'send-uncertain':
      return sendAgain(deps, id, 'uncertain');
    case 'send-refused':
      return sendAgain(deps, id, 'refused');
    case 'cancel': {
      const { uploads, clock } = deps;
      return cancelUpload({ uploads, clock, lists: deps.listsOf(campaignId) }, id, clock.nowMs() + expireMsMax);
    }
  }
}

/** The next file of the campaign goes by the same columns, and nobody is asked again. */
async function keepMapping({ mappings, clock }: Deps, { campaignId, plan }: Upload, by: string): Promise<void> {
  if (plan?.guessed) await mappings.keep(campaignId, plan.mapping, { by, atMs: clock.nowMs() });
}

async function seen(deps: Deps, uploadId: string) {
  const [upload, records] = await Promise.all([deps.ledger.find(uploadId), deps.uploads.readBlocks(uploadId)]);
  if (!upload) throw new ProblemError('not-found');
  return describeUpload(upload, records, deps.clock.nowMs());
}
