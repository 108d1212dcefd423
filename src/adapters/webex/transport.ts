import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** From now until the last byte of the answer. */
  readonly timeoutMs: number;
}

/** An answer whose status arrived. Header names are lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** False where the connection broke, or the limit was reached, after the status line. */
  readonly bodyComplete: boolean;
}

export type HttpTransport = (request: HttpRequest) => Promise<HttpAnswer>;

/** No answer at all. `processed` is `no` only where no byte of the request can have left this machine. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly code: string;
  readonly processed: 'no' | 'unknown';

  constructor(code: string, processed: 'no' | 'unknown', options?: ErrorOptions) {
    super(
      `No answer from Webex (${code}); the request was ${processed === 'no' ? 'not sent' : 'sent, and its effect is unknown'}.`,
      options,
    );
    this.code = code;
    this.processed = processed;
  }
}

export interface TransportOptions {
  /** Name resolution, TCP and TLS together. */
  readonly connectTimeoutMs?: number;
  /** A socket that lay idle for longer, by the wall clock, is not used again. */
  readonly idleMaxMs?: number;
  readonly bodyBytesMax?: number;
  readonly socketsMax?: number;
}

const DEFAULTS = { connectTimeoutMs: 5_000, idleMaxMs: 2_000, bodyBytesMax: 8 * 1024 * 1024, socketsMax: 50 } as const;

/**
 * HTTP over node:http and node:https with keep-alive; redirects are not followed.
 *
 * Not over fetch, because fetch hides the one fact that decides whether a call may be dialed again: whether the connection
 * stood when the request failed. Node holds the request back until the TCP connection (and for https the verified TLS
 * session) stands, so an error before that moment proves that nothing was sent.
 *
 * A function that thaws may find its sockets closed by the other side long ago, and a request on such a socket fails with
 * an unknown effect. Timers stand still while frozen, so idle sockets are judged by the wall clock before each request.
 */
export function createHttpTransport(options: TransportOptions = {}): HttpTransport {
  const limits = { ...DEFAULTS, ...options };
  const agentOptions = {
    keepAlive: true,
    maxSockets: limits.socketsMax,
    maxFreeSockets: 10,
    timeout: limits.idleMaxMs,
  };
  const agents = { 'http:': new http.Agent(agentOptions), 'https:': new https.Agent(agentOptions) };
  let lastUsedMs = 0;

  return async (request) => {
    const secure = request.url.protocol === 'https:';
    const agent = agents[secure ? 'https:' : 'http:'];
    if (Math.abs(Date.now() - lastUsedMs) > limits.idleMaxMs) dropIdleSockets(agent);
    lastUsedMs = Date.now();
    try {
      return await exchange(secure ? https.request : http.request, agent, request, limits);
    } finally {
      lastUsedMs = Date.now();
    }
  };
}

function dropIdleSockets(agent: http.Agent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}

function exchange(
  send: typeof http.request,
  agent: http.Agent,
  request: HttpRequest,
  limits: { readonly connectTimeoutMs: number; readonly bodyBytesMax: number },
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let connected = false;
    let head: http.IncomingMessage | undefined;
    const chunks: Buffer[] = [];
    let bytes = 0;
    const outgoing = send(request.url, { method: request.method, agent, headers: headersOf(request) });

    const settle = (bodyComplete: boolean, code: string, cause?: Error): void => {
      clearTimeout(connectTimer);
      clearTimeout(totalTimer);
      if (head) {
        const body = Buffer.concat(chunks).toString('utf8');
        resolve({ status: head.statusCode ?? 0, headers: joined(head.headers), body, bodyComplete });
      } else {
        reject(new TransportError(code, connected ? 'unknown' : 'no', { cause }));
      }
      if (!bodyComplete) outgoing.destroy();
    };
    const connectTimer = setTimeout(() => connected || settle(false, 'CONNECT_TIMEOUT'), limits.connectTimeoutMs);
    const totalTimer = setTimeout(() => settle(false, 'TIMEOUT'), request.timeoutMs);

    outgoing.on('socket', (socket) => {
      const standing = !socket.connecting && !isSecureConnecting(socket);
      if (standing) connected = true;
      else socket.once(isSecureConnecting(socket) ? 'secureConnect' : 'connect', () => (connected = true));
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => settle(false, error.code ?? error.name, error));
    outgoing.on('response', (response) => {
      connected = true;
      head = response;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > limits.bodyBytesMax) settle(false, 'TOO_LARGE');
        else chunks.push(chunk);
      });
      response.on('end', () => settle(true, ''));
      response.on('error', (error) => settle(false, 'BODY_BROKEN', error));
    });
    outgoing.end(request.body);
  });
}

/** Set by Node from the start of a TLS handshake until `secureConnect`; absent on a plain socket. */
const isSecureConnecting = (socket: Socket): boolean =>
  'secureConnecting' in socket && socket.secureConnecting === true;

function headersOf(request: HttpRequest): Record<string, string> {
  if (request.body === undefined) return { ...request.headers };
  return { ...request.headers, 'content-length': String(Buffer.byteLength(request.body)) };
}

function joined(headers: http.IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
