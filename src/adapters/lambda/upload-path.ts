import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { CampaignIdSchema } from '../../../events/campaign-upload/schema.ts';
import type { Upload, UploadLedger } from '../../campaigns/upload.ts';
import { ProblemError } from './problem.ts';

/** The campaign in the path `/v1/campaigns/{id}/…`. @throws {ProblemError} `invalid-request` */
export function campaignInPath(event: APIGatewayProxyEventV2): string {
  const parsed = z.safeParse(CampaignIdSchema, event.pathParameters?.['id']);
  if (parsed.success) return parsed.data;
  throw new ProblemError('invalid-request', {
    errors: parsed.error.issues.map(({ message }) => ({ pointer: '', detail: `id in the path ${message}.` })),
  });
}

/** The upload in the path, which must be one of the campaign in the path. @throws {ProblemError} `not-found` */
export async function uploadInPath(event: APIGatewayProxyEventV2, ledger: Pick<UploadLedger, 'find'>): Promise<Upload> {
  const campaignId = campaignInPath(event);
  const id = z.safeParse(z.uuid(), event.pathParameters?.['upload']);
  const upload = id.success ? await ledger.find(id.data) : undefined;
  if (upload?.campaignId !== campaignId) throw new ProblemError('not-found');
  return upload;
}
