import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { RequestCallbackSchema } from '../../../../events/request-callback/schema.ts';
import { bodyBytesMax, parseBody } from '../../../../src/adapters/lambda/parse-body.ts';
import { ProblemError } from '../../../../src/adapters/lambda/problem.ts';

const event = (
  body: string,
  headers: Record<string, string> = { 'content-type': 'application/json' },
  isBase64Encoded = false,
) => ({ body, headers, isBase64Encoded }) as unknown as APIGatewayProxyEventV2;
const least = { phone: '+14155550132', line: 'billing', consent: { version: '2026-11', accepted: true } };
const problemOf = async (asked: APIGatewayProxyEventV2): Promise<ProblemError> => {
  const thrown: unknown = await parseBody(asked, RequestCallbackSchema).catch((error: unknown) => error);
  if (thrown instanceof ProblemError) return thrown;
  throw new Error('The body was taken.');
};

describe('parseBody', () => {
  it('takes JSON, in base64 too', async () => {
    const parsed = await parseBody(
      event(
        Buffer.from(JSON.stringify(least)).toString('base64'),
        { 'content-type': 'application/json; charset=utf-8' },
        true,
      ),
      RequestCallbackSchema,
    );

    expect(parsed).toEqual({ ...least, when: 'now' });
  });

  it('refuses a body over 16 KB, counted in bytes', async () => {
    const problem = await problemOf(event(JSON.stringify({ ...least, reason: 'é'.repeat(bodyBytesMax / 2) })));

    expect(problem.code).toBe('body-too-large');
  });

  it.each<Record<string, string>>([{ 'content-type': 'text/plain' }, {}])(
    'refuses another media type %j',
    async (headers) => {
      const problem = await problemOf(event(JSON.stringify(least), headers));

      expect(problem.code).toBe('unsupported-media-type');
    },
  );

  it.each([
    ['{"phone": "+1', 'line 1, column 11'],
    ['{\n  "phone": 1,\n  oops\n}', 'line 3, column 3'],
    ['{"a":1}x', 'line 1, column 8'],
    ['', 'empty'],
  ])('tells where the JSON %j breaks off', async (text, place) => {
    const problem = await problemOf(event(text));

    expect(problem.code).toBe('malformed-json');
    expect(problem.detail).toContain(place);
  });

  it('points at every field that is wrong, with a sentence each', async () => {
    const problem = await problemOf(
      event(JSON.stringify({ ...least, phone: 7, colour: 'red', consent: { version: 'x', accepted: false } })),
    );

    expect(problem.code).toBe('invalid-request');
    expect(problem.errors).toEqual([
      { pointer: '/phone', detail: 'phone must be text such as "(415) 555-0132".' },
      { pointer: '/consent/accepted', detail: 'consent.accepted must be true: without consent nobody is called.' },
      { pointer: '/colour', detail: 'colour is not a field of this request; leave it out.' },
    ]);
  });

  it('points at the body itself where it is no object', async () => {
    const problem = await problemOf(event('[]'));

    expect(problem.errors?.[0]?.pointer).toBe('');
  });
});
