import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { json } from '../../src/adapters/lambda/respond.ts';
import { uploadInPath } from '../../src/adapters/lambda/upload-path.ts';
import { describeUpload } from '../../src/campaigns/describe-upload.ts';
import type { ListWatch } from '../../src/campaigns/list-watch.ts';
import type { UploadStore } from '../../src/campaigns/push-ports.ts';
import type { UploadLedger } from '../../src/campaigns/upload.ts';
import type { Clock } from '../../src/shared/clock.ts';

export interface Deps extends Pick<Observability, 'logger'> {
  readonly ledger: Pick<UploadLedger, 'find'>;
  readonly uploads: Pick<UploadStore, 'readBlocks'>;
  readonly lists: Pick<ListWatch, 'see'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export const createHandler = (deps: Deps) =>
  middy()
    .use(problemDetails(deps.logger))
    .handler(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
      const upload = await uploadInPath(event, deps.ledger);
      const { id, campaignId, contactListId } = upload;
      const [records, list] = await Promise.all([
        deps.uploads.readBlocks(id),
        contactListId === undefined ? undefined : deps.lists.see(campaignId, contactListId),
      ]);
      return json(200, describeUpload(upload, records, deps.clock.nowMs(), list));
    });
