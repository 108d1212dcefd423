import { describe, expect, it } from 'vitest';
import type { InvocationOutcome } from '../../../../../../infra/local/contracts.ts';
import { toHttpResponse } from '../../../../../../infra/local/runtime/http/response.ts';

const answered = (payload: unknown): InvocationOutcome => ({ outcome: 'answered', payload });

describe('a function’s answer as an HTTP response', () => {
  it('takes status, headers, cookies and body from an object with a status code', () => {
    const response = toHttpResponse(
      answered({
        statusCode: 202,
        headers: { Location: '/x', 'Content-Type': 'application/json' },
        cookies: ['a=1', 'b=2'],
        body: '{}',
      }),
    );

    expect(response).toEqual({
      status: 202,
      headers: { 'content-type': 'application/json', location: '/x', 'set-cookie': ['a=1', 'b=2'] },
      body: Buffer.from('{}'),
    });
  });

  it('decodes a base64 body', () => {
    expect(toHttpResponse(answered({ statusCode: 200, body: 'AQL/', isBase64Encoded: true })).body).toEqual(
      Buffer.from([1, 2, 255]),
    );
  });

  it.each([[{ ok: true }], ['text'], [[1, 2]], [null]])(
    'sends %j, which has no status code, as JSON with 200',
    (payload) => {
      expect(toHttpResponse(answered(payload))).toEqual({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(payload)),
      });
    },
  );

  it.each([
    ['threw', { outcome: 'error', errorType: 'Error', errorMessage: 'secret words', trace: [] }, 500],
    ['timed out', { outcome: 'timed-out', errorMessage: 'Task timed out' }, 500],
    ['crashed', { outcome: 'crashed', errorMessage: 'exit 1' }, 500],
    ['answered an impossible status', { outcome: 'answered', payload: { statusCode: 'often' } }, 500],
    ['was throttled', { outcome: 'throttled', errorMessage: 'Rate Exceeded.' }, 503],
  ] satisfies [string, InvocationOutcome, number][])(
    'tells nothing of a function that %s',
    (_what, outcome, status) => {
      const response = toHttpResponse(outcome);

      expect(response.status).toBe(status);
      expect(JSON.parse(response.body.toString())).toEqual({
        message: status === 500 ? 'Internal Server Error' : 'Service Unavailable',
      });
    },
  );
});
