import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError } from './aws-error.ts';

/** EventBridge takes the largest request of the stand-ins: 10 entries that are 1 MB together. */
const BODY_BYTES_MAX = 2 * 1024 * 1024;

export interface ServiceRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** The parsed JSON body; undefined when there is none. */
  readonly body: unknown;
}

/** Answers with the JSON body of a 200, or throws an AwsError. */
export type ServiceHandler = (request: ServiceRequest) => unknown;

export interface LocalServer {
  readonly url: URL;
  close(): Promise<void>;
}

/** The two JSON protocols of AWS differ in where they put the error's code. */
export type JsonProtocol = 'aws-json' | 'rest-json';

const readJson = async (incoming: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) {
      throw new AwsError('RequestEntityTooLarge', `The body is larger than ${BODY_BYTES_MAX} bytes.`, 413);
    }
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch (cause) {
    throw new AwsError('SerializationException', `The body is not JSON: ${String(cause)}.`);
  }
};

const send = (
  response: ServerResponse,
  status: number,
  protocol: JsonProtocol,
  errorCode: string | undefined,
  body: unknown,
): void => {
  response.writeHead(status, {
    'content-type': protocol === 'aws-json' ? 'application/x-amz-json-1.1' : 'application/json',
    'x-amzn-requestid': randomUUID(),
    ...(errorCode === undefined ? {} : { 'x-amzn-errortype': errorCode }),
  });
  response.end(JSON.stringify(body ?? {}));
};

/** Serves a stand-in on an ephemeral port of the loopback, in one of the JSON protocols of AWS. */
export const startServer = async (protocol: JsonProtocol, handler: ServiceHandler): Promise<LocalServer> => {
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? '/', 'http://localhost');
    try {
      const body = await readJson(incoming);
      const { method = 'GET', headers } = incoming;
      send(
        response,
        200,
        protocol,
        undefined,
        await handler({ method, path: url.pathname, query: url.searchParams, headers, body }),
      );
    } catch (error) {
      const refusal =
        error instanceof AwsError
          ? error
          : new AwsError('InternalServerError', `The stand-in failed: ${String(error)}.`, 500);
      send(response, refusal.status, protocol, refusal.code, {
        __type: refusal.code,
        message: refusal.message,
        Message: refusal.message,
      });
    }
  };
  const server = createServer({ keepAliveTimeout: 75_000, noDelay: true }, (incoming, response) => {
    void answer(incoming, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

/** The operation that `X-Amz-Target` names: `secretsmanager.GetSecretValue` is `GetSecretValue`. */
export const operationOf = (request: ServiceRequest): string => {
  const target = request.headers['x-amz-target'];
  return typeof target === 'string' ? target.slice(target.lastIndexOf('.') + 1) : '';
};
