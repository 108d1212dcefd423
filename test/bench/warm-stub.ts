import { once } from 'node:events';
import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { marshall } from '@aws-sdk/util-dynamodb';
import { phone, triggerSecret } from './warm-events.ts';

export interface Stub {
  readonly environment: Readonly<Record<string, string>>;
  close(): void;
}

/** Answers at once as DynamoDB, Secrets Manager and Webex would on the good path. It is no part of what is measured. */
export async function startStub(): Promise<Stub> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const target = String(request.headers['x-amz-target'] ?? '');
      const [status, answer] = target
        ? [200, answerOf(target, body)]
        : [201, { meta: { orgId: 'bench' }, data: { id: 'bench-task' } }];
      response.writeHead(status, { 'content-type': target ? 'application/x-amz-json-1.0' : 'application/json' });
      response.end(JSON.stringify(answer));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    environment: {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'BENCH',
      AWS_SECRET_ACCESS_KEY: 'bench',
      POWERTOOLS_DEV: 'false',
      AWS_ENDPOINT_URL: url,
      CALLS_TABLE: 'calls',
      SUPPRESSIONS_TABLE: 'suppressions',
      COUNTERS_TABLE: 'counters',
      WEBEX_SECRET_ARN: 'secret',
      SCREEN_SECRET_ARN: 'secret',
      TRIGGER_SECRET_ARNS: JSON.stringify({ crm: 'trigger-secret' }),
      WEBEX_API_URL: url,
      WEBEX_TOKEN_URL: `${url}/token`,
      WEBEX_ORGANIZATION_ID: 'bench',
      REGISTRY_BUCKET: 'bench',
      WEBEX_QUEUE_URL: url,
      // Noon in California, so that every sample is lawful whenever the measurement runs.
      CLOCK_OFFSET_MS: String(Date.parse('2026-11-23T20:00:00Z') - Date.now()),
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const text = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

function answerOf(target: string, body: string): unknown {
  if (target.endsWith('GetSecretValue')) {
    const isTrigger = body.includes('trigger-secret');
    return { VersionId: 'v1', SecretString: isTrigger ? JSON.stringify({ current: triggerSecret }) : secret };
  }
  if (target.endsWith('BatchGetItem')) return { Responses: {}, UnprocessedKeys: {} };
  if (!target.endsWith('GetItem')) return {};
  const key = (JSON.parse(body) as { Key: { pk: { S: string } } }).Key.pk.S;
  return key.startsWith('CALL#') ? { Item: waitingCall(key.slice('CALL#'.length)) } : {};
}

/** Of Webex and of the screen alike. */
export const secret = JSON.stringify({
  clientId: 'client',
  clientSecret: 'secret',
  accessToken: 'token',
  accessTokenExpiresAtMs: 4_102_444_800_000,
  refreshToken: 'refresh',
  refreshTokenExpiresAtMs: 4_102_444_800_000,
  issuedAtMs: 1_700_000_000_000,
});

const waitingCall = (id: string): object =>
  marshall({
    id,
    version: 1,
    status: 'accepted',
    kind: 'callback',
    purpose: 'requested',
    line: 'billing',
    number: phone(Number.parseInt(id.slice(-12), 16)),
    requestedAtMs: 1_700_000_000_000,
    dueAtMs: 1_700_000_000_000,
    expiresAtMs: 4_102_444_800_000,
    checkAtMs: 1_700_000_000_000,
    attemptCount: 0,
    placedCount: 0,
    bases: [{ type: 'request', purpose: 'requested', startMs: 1_700_000_000_000 }],
    customer: { name: 'Ada Lovelace' },
    attributes: {},
  });
