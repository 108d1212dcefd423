import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { CallbackStatusSchema } from '../../../../events/callback-status/schema.ts';
import { ProblemSchema } from '../../../../events/problem/schema.ts';
import { createHandler } from '../../../../functions/change-call/handler.ts';
import { sha256 } from '../../../../src/shared/digest.ts';
import { Bench } from '../../calls/bench.ts';

const manageToken = 'abcdefghijklmnopqrstuv';
const callId = '0199a3c1-5f0e-7cc3-9d5b-6f1e0a7b8c9d';

function start() {
  const bench = new Bench();
  bench.put({ id: callId, manageTokenSha256: sha256(manageToken) });
  const handler = createHandler({ ...bench.deps, logger: new Logger({ logLevel: 'SILENT' }) });
  const send = async (
    method: 'PATCH' | 'DELETE' | 'PUT',
    body?: unknown,
    token = manageToken,
  ): Promise<{ status: number | undefined; body: unknown }> => {
    const event = {
      routeKey: `${method} /v1/callbacks/{id}`,
      headers: { 'content-type': 'application/json' },
      pathParameters: { id: callId },
      queryStringParameters: { token },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      isBase64Encoded: false,
    } as unknown as APIGatewayProxyEventV2;
    const answer = (await handler(event, {} as Context)) as APIGatewayProxyStructuredResultV2;
    return { status: answer.statusCode, body: JSON.parse(answer.body ?? 'null') as unknown };
  };
  return { bench, send };
}

describe('change-call', () => {
  it('cancels and answers with the status', async () => {
    const { bench, send } = start();

    const { status, body } = await send('DELETE');

    expect(status).toBe(200);
    expect(CallbackStatusSchema.parse(body)).toMatchObject({ id: callId, status: 'cancelled' });
    expect(bench.call(callId).status).toBe('cancelled');
  });

  it('reschedules and answers with the instant before which nobody calls', async () => {
    const { bench, send } = start();
    bench.decide = ({ window }) => ({ verdict: 'defer', untilMs: window?.fromMs ?? 0 });
    const when = { date: '2026-11-24', from: '10:00', to: '11:00' };

    const { status, body } = await send('PATCH', { when, timeZone: 'America/Los_Angeles' });

    expect(status).toBe(200);
    expect(CallbackStatusSchema.parse(body)).toMatchObject({
      status: 'waiting',
      callAfter: '2026-11-24T18:00:00.000Z',
    });
  });

  it('says that it is too late once the call is being placed', async () => {
    const { bench, send } = start();
    const row = bench.ledger.rows.get(callId);
    if (row) row.call = { ...row.call, status: 'dialing' };

    const { status, body } = await send('DELETE');

    expect(status).toBe(409);
    expect(ProblemSchema.parse(body).code).toBe('too-late');
  });

  it('finds nothing with the token of another call', async () => {
    const { send } = start();

    const { status, body } = await send('DELETE', undefined, 'zzzzzzzzzzzzzzzzzzzzzz');

    expect(status).toBe(404);
    expect(ProblemSchema.parse(body).code).toBe('not-found');
  });

  it('names the field that cannot be used', async () => {
    const { send } = start();

    const { status, body } = await send('PATCH', { when: 'later' });

    expect(status).toBe(422);
    expect(ProblemSchema.parse(body).errors?.map(({ pointer }) => pointer)).toEqual(['/when']);
  });

  it('knows no other method', async () => {
    const { send } = start();

    expect((await send('PUT', {})).status).toBe(404);
  });
});
