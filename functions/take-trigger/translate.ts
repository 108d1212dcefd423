import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { TriggerAccepted } from '../../events/trigger-accepted/schema.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import { instant } from '../../src/adapters/lambda/respond.ts';
import { isFinal } from '../../src/calls/call.ts';
import type { TakeTriggerFailure } from '../../src/triggers/take-trigger.ts';
import type { TakenTrigger } from '../../src/triggers/taken.ts';
import type { Delivery, SignatureFailure } from '../../src/triggers/verify-signature.ts';

export const toDelivery = (event: APIGatewayProxyEventV2, body: Buffer): Delivery => ({
  method: event.requestContext.http.method,
  query: event.rawQueryString,
  headers: event.headers,
  body,
});

export function toAnswer(taken: TakenTrigger): TriggerAccepted {
  if (taken.led === 'to-upload') return { upload: taken.uploadId };
  const { id, status, dueAtMs } = taken.call;
  // A sender's retry gets the first answer again, even where the call is over by now.
  return { id, status: isFinal(status) ? 'accepted' : status, callAfter: instant(dueAtMs) };
}

const becauseWords: Readonly<Record<SignatureFailure, string>> = {
  unsigned: 'The headers of the signature are missing or cannot be read.',
  stale: 'It was signed too long ago, or by a clock that is ahead.',
  wrong: 'The signature does not fit the body, its headers and the secret of this source.',
};

export function toProblem(failure: TakeTriggerFailure): ProblemError {
  switch (failure.code) {
    case 'unknown-source':
      return new ProblemError('not-found');
    case 'signature-refused':
      return new ProblemError('signature-refused', { detail: becauseWords[failure.because] });
    case 'invalid-request':
      return new ProblemError('invalid-request', { errors: [...failure.errors] });
    case 'idempotency-key-reused':
      return new ProblemError('delivery-changed');
    case 'malformed-json':
    case 'number-not-callable':
    case 'request-in-progress':
    case 'delivery-replayed':
      return new ProblemError(failure.code);
  }
}
