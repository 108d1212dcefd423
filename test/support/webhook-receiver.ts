import { once } from 'node:events';
import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedDelivery {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
  readonly atMs: number;
}

/** Another system's endpoint for webhooks on this machine; it answers as it is told to. */
export interface WebhookReceiver extends AsyncDisposable {
  readonly origin: string;
  readonly received: readonly ReceivedDelivery[];
  /** The next requests to a path get these answers, in turn; then 204 again. */
  answer(path: string, ...answers: readonly { status: number; headers?: Record<string, string> }[]): void;
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedDelivery[] = [];
  const answers = new Map<string, { status: number; headers?: Record<string, string> }[]>();
  const take = async (request: IncomingMessage) => {
    const path = request.url ?? '';
    const body = await text(request);
    const { status, headers } = answers.get(path)?.shift() ?? { status: 204 };
    received.push({ path, headers: request.headers as Record<string, string>, body, status, atMs: Date.now() });
    return { status, headers };
  };
  const server = createServer((request, response) => {
    take(request).then(
      ({ status, headers }) => response.writeHead(status, headers).end(),
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer: (path, ...told) => {
      answers.set(path, [...told]);
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
