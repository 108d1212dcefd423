import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { instant, json } from '../../src/adapters/lambda/respond.ts';
import { uploadInPath } from '../../src/adapters/lambda/upload-path.ts';
import type { PlannedChunks, UploadStore } from '../../src/campaigns/push-ports.ts';
import { rejectsKey, reportKey } from '../../src/campaigns/upload-objects.ts';
import type { ContactFile, Upload, UploadLedger } from '../../src/campaigns/upload.ts';
import { writeReport } from '../../src/campaigns/write-report.ts';
import type { Clock } from '../../src/shared/clock.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

/** Text that becomes an object when it is finished. */
export interface ReportText {
  append(text: string | Uint8Array): Promise<void>;
  finish(): Promise<void>;
  abandon(): Promise<void>;
}

export interface Deps extends Pick<Observability, 'logger'> {
  readonly ledger: Pick<UploadLedger, 'find'>;
  readonly uploads: Pick<UploadStore, 'readBlocks'>;
  readonly chunks: PlannedChunks;
  readonly files: {
    open(file: ContactFile): Promise<{ readonly chunks: AsyncIterable<Uint8Array> } | undefined>;
    linkToGet(key: string, name: string, expiresInSeconds: number): Promise<string>;
  };
  readonly textOf: (key: string) => ReportText;
  readonly clock: Pick<Clock, 'nowMs'>;
}

const linkSeconds = 900;
/** API Gateway waits 30 s. */
const writeMsMax = 22_000;

export const createHandler = (deps: Deps) =>
  middy()
    .use(problemDetails(deps.logger))
    .handler(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
      const upload = await uploadInPath(event, deps.ledger);
      if (!upload.plan) {
        throw new ProblemError('upload-status', {
          detail: `The upload is ${upload.status}, so there is no report of its rows.`,
        });
      }
      await write(deps, upload);
      const name = `upload-${upload.id}.csv`;
      const url = await deps.files.linkToGet(reportKey(upload.id), name, linkSeconds);
      // Links live by the machine's own clock, as their signatures do.
      return json(200, { url, expiresAt: instant(Date.now() + linkSeconds * 1_000) });
    });

async function write(deps: Deps, upload: Upload): Promise<void> {
  const report = deps.textOf(reportKey(upload.id));
  const rejects = async () => (await deps.files.open({ key: rejectsKey(upload.id) }))?.chunks;
  try {
    const written = await writeReport({ ...deps, rejects, report }, upload, deps.clock.nowMs() + writeMsMax);
    if (!written) throw new ProblemError('report-too-large');
    await report.finish();
    deps.logger.info(logCodes.uploadReported, { uploadId: upload.id, unsent: written.unsent });
  } catch (error) {
    await report.abandon();
    throw error;
  }
}
