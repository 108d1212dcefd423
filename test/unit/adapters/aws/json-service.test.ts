import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { JsonService } from '../../../../src/adapters/aws/json-service.ts';
import { AwsConnectionError, AwsServiceError } from '../../../../src/adapters/aws/service-error.ts';

interface Seen {
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** What the service does with its first, second, ... request; the last goes on. */
type Course = (response: ServerResponse) => void;

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

const model = { id: 'Some Service', signingName: 'some', targetPrefix: 'Some_1', jsonVersion: '1.1' } as const;
const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'session' };

async function startService(...courses: Course[]) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const course = courses[Math.min(seen.length, courses.length - 1)];
    seen.push({ headers: request.headers, body: JSON.parse(body) });
    course?.(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const service = new JsonService(model, { endpoint, region: 'eu-west-1', credentials, timeoutMs: 150 });
  open.push(() => {
    service.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { service, seen };
}

const answer =
  (status: number, body: object): Course =>
  (response) =>
    response.writeHead(status, { 'x-amzn-requestid': 'request-1' }).end(JSON.stringify(body));
const hangUp: Course = (response) => response.socket?.destroy();
const breakOff: Course = (response) => {
  response.writeHead(200, { 'content-length': '100' }).write('{');
  setTimeout(() => response.socket?.destroy(), 10);
};
const stayAway: Course = () => undefined;
const ok = answer(200, { Answer: 42 });

test('posts the input signed and named, and gives the answer', async () => {
  const { service, seen } = await startService(ok);

  expect(await service.call('Ask', { Question: 'why' })).toEqual({ Answer: 42 });

  expect(seen).toEqual([
    {
      headers: expect.objectContaining({
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'Some_1.Ask',
        'x-amz-security-token': 'session',
        authorization: expect.stringMatching(
          /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/some\/aws4_request, /,
        ),
      }) as object,
      body: { Question: 'why' },
    },
  ]);
});

test.each([
  ['a hung-up connection', hangUp],
  ['an answer that breaks off', breakOff],
  ['no answer in time', stayAway],
  ['a fault of the service', answer(500, { __type: 'InternalServerError' })],
  ['a gateway without JSON', (response: ServerResponse) => response.writeHead(503).end('<html>')],
  ['throttling', answer(400, { __type: 'com.amazon#ThrottlingException' })],
] satisfies [string, Course][])('asks again after %s', async (_what, course) => {
  const { service, seen } = await startService(course, ok);

  expect(await service.call('Ask', {})).toEqual({ Answer: 42 });

  expect(seen).toHaveLength(2);
});

test('gives up after four attempts, with the last error', async () => {
  const { service, seen } = await startService(hangUp);

  await expect(service.call('Ask', {})).rejects.toThrow(AwsConnectionError);

  expect(seen).toHaveLength(4);
});

test('does not repeat what was refused, and tells the name, the words and the request id', async () => {
  const refusal = { __type: 'com.amazon.some#AccessDeniedException', message: 'not authorized' };
  const { service, seen } = await startService(answer(400, refusal), ok);

  const error = await service.call('Ask', {}).catch((caught: unknown) => caught);

  expect(error).toBeInstanceOf(AwsServiceError);
  expect(error).toMatchObject({
    name: 'AccessDeniedException',
    message: 'not authorized',
    statusCode: 400,
    requestId: 'request-1',
    answer: refusal,
  });
  expect(seen).toHaveLength(1);
});

test('needs the variables that Lambda sets', () => {
  expect(() => new JsonService(model, { region: 'eu-west-1', endpoint: 'http://127.0.0.1:1' })).toThrow(
    'AWS_ACCESS_KEY_ID',
  );
});
