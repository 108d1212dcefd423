import { once } from 'node:events';
import * as http from 'node:http';
import * as net from 'node:net';
import type { AddressInfo } from 'node:net';
import * as tls from 'node:tls';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createHttpTransport, type HttpRequest, TransportError } from '../../../../src/adapters/webex/transport.ts';

const open: { close(): unknown }[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const server of open.splice(0)) server.close();
});

async function listen(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
  });
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  return (server.address() as AddressInfo).port;
}

const post = (port: number, over: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url: new URL(`http://127.0.0.1:${port}/v1/tasks`),
  headers: { 'content-type': 'application/json' },
  body: '{"a":"ä"}',
  timeoutMs: 1_000,
  ...over,
});

async function failure(request: HttpRequest, transport = createHttpTransport()): Promise<TransportError> {
  const error: unknown = await transport(request).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TransportError)) throw new Error(`expected a TransportError, got ${String(error)}`);
  return error;
}

/** A raw server that does what it is told as soon as the first bytes of a request are there. */
const onRequest = (act: (socket: net.Socket) => void): net.Server =>
  net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => act(socket));
  });

describe('nothing was sent', () => {
  test('is proved when the port refuses the connection', async () => {
    const server = net.createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = (server.address() as AddressInfo).port;
    await new Promise((resolve) => server.close(resolve));

    expect(await failure(post(port))).toMatchObject({ processed: 'no', code: 'ECONNREFUSED' });
  });

  test('is proved when the name does not resolve', async () => {
    const error = await failure(post(0, { url: new URL('http://webex.invalid/v1/tasks') }));

    expect(error.processed).toBe('no');
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(error.code);
  });

  test('is proved when the connection does not stand in time', async () => {
    // 192.0.2.0/24 is reserved for documentation (RFC 5737): it is either unreachable or silent.
    const transport = createHttpTransport({ connectTimeoutMs: 50 });

    const error = await failure(post(0, { url: new URL('http://192.0.2.1:81/v1/tasks') }), transport);

    expect(error.processed).toBe('no');
  });

  test('is proved when the TLS handshake breaks', async () => {
    const port = await listen(onRequest((socket) => socket.destroy()));

    const error = await failure(post(port, { url: new URL(`https://127.0.0.1:${port}/v1/tasks`) }));

    expect(error).toMatchObject({ processed: 'no', code: 'ECONNRESET' });
  });

  test('is proved when the TLS handshake hangs until the time is up', async () => {
    const port = await listen(onRequest(() => undefined));

    const error = await failure(post(port, { url: new URL(`https://127.0.0.1:${port}/v1/tasks`), timeoutMs: 60 }));

    expect(error).toMatchObject({ processed: 'no', code: 'TIMEOUT' });
  });

  test('is proved when the TLS handshake finds no common cipher', async () => {
    let received = 0;
    const server = tls.createServer({ ciphers: 'PSK', maxVersion: 'TLSv1.2', pskCallback: () => null }, (socket) =>
      socket.on('data', (chunk) => (received += chunk.length)),
    );
    const port = await listen(server);

    const error = await failure(post(port, { url: new URL(`https://127.0.0.1:${port}/v1/tasks`) }));

    expect(error).toMatchObject({ processed: 'no', code: 'EPROTO' });
    expect(received).toBe(0);
  });
});

describe('the effect is unknown', () => {
  test('when the server hangs up after reading the request', async () => {
    const port = await listen(onRequest((socket) => socket.destroy()));

    expect(await failure(post(port))).toMatchObject({ processed: 'unknown', code: 'ECONNRESET' });
  });

  test('when the server resets after reading the request', async () => {
    const port = await listen(onRequest((socket) => socket.resetAndDestroy()));

    expect(await failure(post(port))).toMatchObject({ processed: 'unknown', code: 'ECONNRESET' });
  });

  test('when no answer comes in time', async () => {
    const port = await listen(onRequest(() => undefined));

    expect(await failure(post(port, { timeoutMs: 60 }))).toMatchObject({ processed: 'unknown', code: 'TIMEOUT' });
  });

  test('when the answer is not HTTP', async () => {
    const port = await listen(onRequest((socket) => socket.end('garbage\r\n\r\n')));

    expect((await failure(post(port))).processed).toBe('unknown');
  });

  test('when a kept-alive socket turns out to be closed by the server', async () => {
    let requests = 0;
    const port = await listen(
      net.createServer((socket) => {
        socket.on('data', () => {
          requests += 1;
          if (requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
          else socket.resetAndDestroy();
        });
      }),
    );
    const transport = createHttpTransport();
    await transport(post(port));

    expect(await failure(post(port), transport)).toMatchObject({ processed: 'unknown', code: 'ECONNRESET' });
  });

  test('when a request that waited for a socket gets one that another request used', async () => {
    let requests = 0;
    const port = await listen(
      net.createServer((socket) => {
        socket.on('data', () => {
          requests += 1;
          if (requests === 1) setTimeout(() => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'), 20);
          else socket.resetAndDestroy();
        });
      }),
    );
    const transport = createHttpTransport({ socketsMax: 1 });

    const [first, second] = await Promise.allSettled([transport(post(port)), failure(post(port), transport)]);

    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ value: { processed: 'unknown' } });
  });
});

describe('an answer', () => {
  test('is given with status, lower-case headers and body', async () => {
    const received: string[] = [];
    const port = await listen(
      http.createServer((request, response) => {
        request.setEncoding('utf8').on('data', (chunk: string) => received.push(chunk));
        request.on('end', () => response.writeHead(201, { TrackingId: 'T-1' }).end('{"ok":true}'));
      }),
    );

    const answer = await createHttpTransport()(post(port));

    expect(answer).toMatchObject({
      status: 201,
      body: '{"ok":true}',
      bodyComplete: true,
      headers: { trackingid: 'T-1' },
    });
    expect(received.join('')).toBe('{"a":"ä"}');
  });

  test('keeps its status when the body breaks off', async () => {
    const port = await listen(
      onRequest((socket) => socket.end('HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{"meta"')),
    );

    expect(await createHttpTransport()(post(port))).toMatchObject({ status: 201, bodyComplete: false });
  });

  test('keeps its status when the body does not end in time', async () => {
    const port = await listen(
      onRequest((socket) => socket.write('HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{"meta"')),
    );

    expect(await createHttpTransport()(post(port, { timeoutMs: 80 }))).toMatchObject({
      status: 201,
      bodyComplete: false,
    });
  });

  test('keeps its status when the body is larger than the limit', async () => {
    const port = await listen(http.createServer((_request, response) => response.end('x'.repeat(2_000))));

    expect(await createHttpTransport({ bodyBytesMax: 1_000 })(post(port))).toMatchObject({
      status: 200,
      bodyComplete: false,
    });
  });
});

describe('sockets', () => {
  async function connectionsOf(pauseMs: number): Promise<number> {
    let connections = 0;
    const server = http.createServer((_request, response) => response.end('{}'));
    server.on('connection', () => (connections += 1));
    const port = await listen(server);
    const transport = createHttpTransport({ idleMaxMs: 2_000 });
    await transport(post(port));
    await new Promise((resolve) => setImmediate(resolve));
    const nowMs = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: nowMs + pauseMs });
    await transport(post(port));
    return connections;
  }

  test('are used again within the idle time', async () => {
    expect(await connectionsOf(100)).toBe(1);
  });

  test('are dropped when the wall clock passed the idle time while timers stood still', async () => {
    expect(await connectionsOf(60_000)).toBe(2);
  });
});
