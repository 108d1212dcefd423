import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { ProblemSchema } from '../../../../events/problem/schema.ts';
import { CheckedNumbersSchema, SuppressionSchema } from '../../../../events/suppression/schema.ts';
import { createHandler } from '../../../../functions/suppress-number/handler.ts';
import { MemoryCalls, MemorySuppressions, SleepingClock, entryOf } from '../../suppression/support.ts';

const listed = '+14155550132';
/** As many digits as an American number has, and no area code that is in use: an import takes it. */
const possible = '+12005550132';

function setUp() {
  const suppressions = new MemorySuppressions(entryOf({ number: listed }), entryOf({ number: possible }));
  const handler = createHandler({
    suppressions,
    calls: new MemoryCalls(),
    clock: new SleepingClock(),
    lines: ['billing'],
    logger: { info: vi.fn(), error: vi.fn() },
  } as never);
  const send = async (routeKey: string, number: string | undefined, body?: object) => {
    const event = {
      routeKey,
      headers: { 'content-type': 'application/json' },
      ...(number !== undefined && { pathParameters: { number } }),
      requestContext: { authorizer: { jwt: { claims: { sub: 'ada' } } } },
      ...(body && { body: JSON.stringify(body) }),
    };
    const answer = (await handler(event as never, {} as Context)) as APIGatewayProxyStructuredResultV2;
    return { status: answer.statusCode, body: JSON.parse(answer.body || 'null') as unknown };
  };
  return { suppressions, send };
}

describe('the number in the path', () => {
  it.each([listed, '+1 (415) 555-0132'])('is taken as API Gateway has decoded it: %s', async (number) => {
    const { status, body } = await setUp().send('GET /v1/suppressions/{number}', number);

    expect(status).toBe(200);
    expect(SuppressionSchema.parse(body).number).toBe(listed);
  });

  it.each(['%', '%zz', '%2B14155550132', '4155550132', '', '+1415'])(
    'is refused in a sentence where it is none: "%s"',
    async (number) => {
      const { status, body } = await setUp().send('GET /v1/suppressions/{number}', number);

      const { code, errors } = ProblemSchema.parse(body);
      expect([status, code]).toEqual([422, 'invalid-request']);
      expect(errors?.[0]?.detail).toMatch(/^number in the path [a-z].+, such as %2B14155550132\.$/);
    },
  );

  it('must be in use to be listed by hand, because most others are typing errors', async () => {
    const { suppressions, send } = setUp();

    const { status } = await send('PUT /v1/suppressions/{number}', '+12005550199', { reason: 'asked' });

    expect(status).toBe(422);
    expect(suppressions.entries.has('+12005550199')).toBe(false);
  });
});

describe('an imported number whose range is not in use', () => {
  it('is seen', async () => {
    const { status, body } = await setUp().send('GET /v1/suppressions/{number}', possible);

    expect(status).toBe(200);
    expect(SuppressionSchema.parse(body).number).toBe(possible);
  });

  it('is lifted', async () => {
    const { suppressions, send } = setUp();

    const { status } = await send('DELETE /v1/suppressions/{number}', possible, { reason: 'a mistake' });

    expect(status).toBe(204);
    expect(suppressions.entries.has(possible)).toBe(false);
  });

  it('is checked beside others', async () => {
    const { status, body } = await setUp().send('POST /v1/suppressions/check', undefined, {
      numbers: [possible, ' +1 (415) 555-0199 '],
    });

    expect(status).toBe(200);
    expect(CheckedNumbersSchema.parse(body).results).toEqual([
      { number: possible, suppressed: true, lists: ['internal'] },
      { number: '+14155550199', suppressed: false, lists: [] },
    ]);
  });

  it('leaves a check refused that holds no possible number', async () => {
    const { status, body } = await setUp().send('POST /v1/suppressions/check', undefined, {
      numbers: [listed, '+1415'],
    });

    expect(status).toBe(422);
    expect(ProblemSchema.parse(body).errors).toMatchObject([
      { pointer: '/numbers/1', detail: expect.stringMatching(/^numbers\.1 .+\.$/) },
    ]);
  });
});
