import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Signer } from '../../../../src/adapters/aws/sign.ts';

const word = fc.stringMatching(/^[A-Za-z0-9]{8,40}$/);

test("signs every request as AWS's own signer does", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        accessKeyId: word,
        secretAccessKey: word,
        sessionToken: fc.option(word, { nil: undefined }),
        host: fc.constantFrom('dynamodb.us-east-1.amazonaws.com', '127.0.0.1:8000'),
        target: word,
        body: fc.json(),
        nowMs: fc.integer({ min: Date.UTC(2020), max: Date.UTC(2040) }),
      }),
      async ({ accessKeyId, secretAccessKey, sessionToken, host, target, body, nowMs }) => {
        const credentials = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
        const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };

        const ours = new Signer(credentials, 'us-east-1', 'dynamodb').sign({ host, path: '/', headers, body }, nowMs);

        const aws = new SignatureV4({
          credentials,
          region: 'us-east-1',
          service: 'dynamodb',
          sha256: Sha256,
          applyChecksum: false,
        });
        const request = {
          method: 'POST',
          protocol: 'https:',
          hostname: host,
          path: '/',
          query: {},
          headers: { ...headers, host },
          body,
        };
        const theirs = await aws.sign(request, { signingDate: new Date(nowMs) });
        expect(ours).toEqual(theirs.headers);
      },
    ),
    { numRuns: 100 },
  );
});

test('keeps the key of a day no longer than that day', () => {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
  const request = {
    host: 'localhost',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'A.B' },
    body: '{}',
  } as const;
  const kept = new Signer(credentials, 'us-east-1', 'dynamodb');
  kept.sign(request, Date.UTC(2026, 10, 20));

  const nextDay = kept.sign(request, Date.UTC(2026, 10, 21));

  expect(nextDay).toEqual(new Signer(credentials, 'us-east-1', 'dynamodb').sign(request, Date.UTC(2026, 10, 21)));
});
