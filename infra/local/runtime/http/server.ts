import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpRequest } from './event.ts';
import { gatewayAnswer, type HttpResponse } from './response.ts';

/** The largest body that API Gateway takes (API Gateway quotas). */
const BODY_MAX_BYTES = 10 * 1024 * 1024;

/** Answers one request; a rejection becomes a 500. */
export type RequestHandler = (request: HttpRequest) => Promise<HttpResponse>;

/** A loopback server that is bound before anybody knows how to answer; until then it says 503. */
export interface LocalServer {
  readonly url: URL;
  serve(handler: RequestHandler): void;
  close(): Promise<void>;
}

/** @throws the socket's error (`EADDRINUSE`) where the port is not free. */
export const listenLocally = async (port: number, report: (problem: string) => void): Promise<LocalServer> => {
  let handler: RequestHandler = () => Promise.resolve(gatewayAnswer(503, 'The local host is not ready yet.'));
  const server = createServer({ keepAliveTimeout: 75_000, noDelay: true }, (incoming, outgoing) => {
    answer(incoming, outgoing, (request) => handler(request)).catch((error: unknown) => {
      report(
        `${incoming.method} ${incoming.url}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      if (outgoing.headersSent) outgoing.destroy();
      else write(outgoing, gatewayAnswer(500, 'Internal Server Error'));
    });
  });
  await listen(server, port);
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return {
    url,
    serve: (next) => {
      handler = next;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });

const answer = async (incoming: IncomingMessage, outgoing: ServerResponse, handler: RequestHandler): Promise<void> => {
  const body = await readBody(incoming);
  if (body === undefined) {
    write(outgoing, {
      ...gatewayAnswer(413, 'Request Too Long'),
      headers: { 'content-type': 'application/json', connection: 'close' },
    });
    incoming.resume();
    return;
  }
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  const response = await handler({
    method: incoming.method ?? 'GET',
    rawPath: mark < 0 ? target : target.slice(0, mark),
    rawQueryString: mark < 0 ? '' : target.slice(mark + 1),
    headers: incoming.headers,
    body,
    sourceIp: (incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
  });
  write(outgoing, response, incoming.method === 'HEAD');
};

/** The whole body, or `undefined` where it is longer than API Gateway takes. */
const readBody = (incoming: IncomingMessage): Promise<Buffer | undefined> =>
  new Promise((resolve, reject) => {
    if (Number(incoming.headers['content-length'] ?? 0) > BODY_MAX_BYTES) {
      resolve(undefined);
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > BODY_MAX_BYTES) resolve(undefined);
      else chunks.push(chunk);
    });
    incoming.on('end', () => resolve(Buffer.concat(chunks)));
    incoming.on('error', reject);
  });

const write = (outgoing: ServerResponse, { status, headers, body }: HttpResponse, isHead = false): void => {
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  if (status !== 204 && status !== 304) outgoing.setHeader('content-length', body.byteLength);
  outgoing.writeHead(status);
  outgoing.end(isHead ? undefined : body);
};
