import { MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { SQSEvent } from 'aws-lambda';
import { ObjectUploadedSchema } from '../../events/object-uploaded/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { parseMessage } from '../../src/adapters/lambda/parse-message.ts';
import { importRegistry } from '../../src/registry/import-registry.ts';
import type { ImportDeps, ImportFailure, ImportReport } from '../../src/registry/import-types.ts';
import type { RegistryFile } from '../../src/registry/ports.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import type { Result } from '../../src/shared/result.ts';

export interface Deps extends ImportDeps, Observability {
  readonly openUpload: (at: { bucket: string; key: string }) => Promise<RegistryFile>;
}

/** Two uploads at once: one of them finds the copy changed under it and begins again on the new one. */
const attemptsMax = 3;
/** Objects that no copy needs stay a day: an import may still be at work on them. */
const sweepAgeMs = 24 * 3_600_000;

export const createHandler = (deps: Deps) =>
  middy<SQSEvent, void>().handler(async (event: SQSEvent) => {
    for (const { s3 } of event.Records.flatMap(({ body }) => parseMessage(ObjectUploadedSchema, body).Records)) {
      // S3 writes keys into its events as a form does: a space is a plus sign.
      await importUpload(deps, { bucket: s3.bucket.name, key: decodeURIComponent(s3.object.key.replaceAll('+', ' ')) });
    }
    await deps.store.sweep(deps.clock.nowMs() - sweepAgeMs);
  });

/** A refused file is not thrown: trying it again would refuse it again. The metric rings the alarm. */
async function importUpload(deps: Deps, at: { bucket: string; key: string }): Promise<void> {
  const result = await importWithRetry(deps, at);
  if (result.ok) {
    const { outcome, manifest, lists, areaCodesTouched } = result.value;
    const malformed = lists.reduce((sum, list) => sum + list.malformedCount, 0);
    deps.logger.info(logCodes.registryImported, {
      key: at.key,
      outcome,
      version: manifest.version,
      areaCodesTouched,
      malformed,
    });
    return;
  }
  deps.logger.error(logCodes.registryImportRefused, { key: at.key, ...result.failure });
  deps.metrics.addMetric('RegistryImportRefused', MetricUnit.Count, 1);
  deps.metrics.publishStoredMetrics();
}

async function importWithRetry(
  deps: Deps,
  at: { bucket: string; key: string },
): Promise<Result<ImportReport, ImportFailure>> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await importRegistry(deps, { files: [await deps.openUpload(at)] });
    if (result.ok || result.failure.code !== 'copy-changed-meanwhile' || attempt === attemptsMax) return result;
  }
}
