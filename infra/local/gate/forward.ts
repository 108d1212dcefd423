import { Agent, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import type { Refusal } from './refusals.ts';

/** Headers that belong to one connection and are set anew on the next. */
const HOP_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'upgrade',
]);

const endToEnd = (rawHeaders: readonly string[]): string[] => {
  const headers: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (!HOP_HEADERS.has(name.toLowerCase())) {
      headers.push(name, rawHeaders[index + 1] ?? '');
    }
  }
  return headers;
};

/** Passes requests on over kept-alive connections and answers with what comes back, unchanged. */
export class Forwarder {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, scheduling: 'lifo' });

  /** `body` is what was read of the request already; without it the request is passed on as it arrives. */
  forward(
    incoming: IncomingMessage,
    answer: ServerResponse,
    endpoint: URL,
    body: Buffer | undefined,
    onFailure: (refusal: Refusal) => void,
  ): void {
    const headers = endToEnd(incoming.rawHeaders);
    headers.push('host', endpoint.host);
    if (body !== undefined && incoming.headers['content-length'] === undefined) {
      headers.push('content-length', String(body.length));
    }
    const outgoing = httpRequest({
      agent: this.#agent,
      host: endpoint.hostname,
      port: endpoint.port,
      method: incoming.method,
      path: incoming.url,
      headers: body === undefined ? headers : withoutChunking(headers),
    });
    outgoing.on('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, endToEnd(response.rawHeaders));
      response.on('error', () => answer.destroy());
      response.pipe(answer);
    });
    outgoing.on('error', (error) => {
      if (answer.headersSent) {
        answer.destroy();
      } else if (!answer.destroyed) {
        onFailure({ kind: 'unavailable', message: `The local service did not answer: ${error.message}.` });
      }
    });
    answer.on('close', () => {
      if (!answer.writableFinished) {
        outgoing.destroy();
      }
    });
    if (body === undefined) {
      incoming.on('error', () => outgoing.destroy());
      incoming.pipe(outgoing);
    } else {
      outgoing.end(body);
    }
  }

  close(): void {
    this.#agent.destroy();
  }
}

const withoutChunking = (headers: readonly string[]): string[] => {
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (name.toLowerCase() !== 'transfer-encoding') {
      kept.push(name, headers[index + 1] ?? '');
    }
  }
  return kept;
};
