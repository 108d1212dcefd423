import middy from '@middy/core';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { bodyBytes, parseJson } from '../../src/adapters/lambda/parse-body.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { json } from '../../src/adapters/lambda/respond.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { maskNumber } from '../../src/shared/mask.ts';
import { type TakeTriggerDeps, takeTrigger } from '../../src/triggers/take-trigger.ts';
import type { TakenTrigger } from '../../src/triggers/taken.ts';
import { toAnswer, toDelivery, toProblem } from './translate.ts';

/** Marketing systems send whole contacts; no known one sends more. */
const deliveryBytesMax = 256 * 1_024;

type Deps = TakeTriggerDeps & Observability;

export const createHandler = (deps: Deps) =>
  middy()
    .use(problemDetails(deps.logger))
    .handler(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
      const source = event.pathParameters?.['source'] ?? '';
      const body = bodyBytes(event, deliveryBytesMax);
      const taken = await takeTrigger(deps, source, toDelivery(event, body));
      if (taken.ok) {
        tellTaken(deps, source, taken.value);
        return json(202, toAnswer(taken.value));
      }
      const { failure } = taken;
      if (failure.code === 'malformed-json') await parseJson(body.toString('utf8'));
      if (failure.code === 'signature-refused') tellRefused(deps, source, failure.because);
      throw toProblem(failure);
    });

function tellTaken({ logger }: Deps, source: string, taken: TakenTrigger): void {
  const { repeats } = taken;
  const what =
    taken.led === 'to-call'
      ? { callId: taken.call.id, number: maskNumber(taken.call.number), line: taken.call.line }
      : { uploadId: taken.uploadId };
  logger.info(logCodes.triggerTaken, { source, ...what, ...(repeats && { repeats }) });
}

/** A changed secret that only one side has looks like this, and so does somebody who tries. */
function tellRefused({ logger, metrics }: Deps, source: string, because: string): void {
  logger.warn(logCodes.triggerSignatureRefused, { source, because });
  metrics.addMetric('TriggerSignatureRefused', MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}
