import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { StartUploadSchema, type UploadStarted } from '../../events/campaign-upload/schema.ts';
import { idempotencyKeyOf } from '../../src/adapters/lambda/idempotency-key.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { operatorOf } from '../../src/adapters/lambda/operator.ts';
import { parseBody } from '../../src/adapters/lambda/parse-body.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { instant, json } from '../../src/adapters/lambda/respond.ts';
import { campaignInPath } from '../../src/adapters/lambda/upload-path.ts';
import { type StartUploadDeps, awaitFile, startWithContacts } from '../../src/campaigns/start-upload.ts';
import type { Upload } from '../../src/campaigns/upload.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

export interface Deps extends StartUploadDeps, Pick<Observability, 'logger'> {
  readonly files: {
    put(key: string, text: string): Promise<void>;
    linkToPut(key: string, expiresInSeconds: number): Promise<string>;
  };
}

/** Room for 1,000 contacts; API Gateway and Lambda take six times as much. */
const bodyBytesMax = 1_048_576;
const linkSeconds = 3_600;

export const createHandler = (deps: Deps) =>
  middy()
    .use(problemDetails(deps.logger))
    .handler(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
      const campaignId = campaignInPath(event);
      const { contacts, ...wishes } =
        (event.body ?? '') === '' ? {} : await parseBody(event, StartUploadSchema, { bytesMax: bodyBytesMax });
      const request = { ...wishes, campaignId, idempotencyKey: idempotencyKeyOf(event), by: operatorOf(event) };
      const started = contacts
        ? await startWithContacts(deps, { ...request, contacts })
        : await awaitFile(deps, request);
      if (!started.ok) throw new ProblemError(started.failure.code);
      const { id, status } = started.value;
      deps.logger.info(logCodes.uploadStarted, { uploadId: id, campaignId, status, contacts: contacts?.length });
      const waits = !contacts && status === 'waiting-for-file';
      const body = waits ? await withLink(deps, started.value) : { id, status: 'planning' as const };
      return json(202, body satisfies UploadStarted, { location: `/v1/campaigns/${campaignId}/uploads/${id}` });
    });

async function withLink({ files }: Deps, { id, source }: Upload): Promise<UploadStarted> {
  // Links live by the machine's own clock, as their signatures do.
  const expiresAt = instant(Date.now() + linkSeconds * 1_000);
  return {
    id,
    status: 'waiting-for-file',
    upload: { url: await files.linkToPut(source.key, linkSeconds), expiresAt },
  };
}
