import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Lines } from '../../events/lines/schema.ts';
import { issueChallenge } from '../../src/adapters/altcha/challenges.ts';
import type { Slots } from '../../events/slots/schema.ts';

export interface StubAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly delayMs?: number;
  /** The connection breaks instead of an answer. */
  readonly isBroken?: boolean;
}

export interface StubRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A fake of the public API: answers what a test put in line, and remembers what it was asked. */
export interface StubApi {
  readonly url: string;
  readonly requests: StubRequest[];
  /** What each route answers, by `METHOD /path` with `{}` for a path part; the last answer of a list stays. */
  readonly answers: Map<string, StubAnswer[]>;
  reset(): void;
  close(): Promise<void>;
}

export const sampleLines: Lines = {
  organization: 'Example Energy',
  lines: [
    { name: 'billing', topic: 'Billing', countries: ['US', 'CA'], slots: true, wait: true },
    { name: 'support', topic: 'Technical support', countries: ['US'], slots: true, wait: true },
  ],
  countries: [
    { code: 'US', callingCode: '1', nationalPrefix: '1', lengths: [10] },
    { code: 'CA', callingCode: '1', nationalPrefix: '1', lengths: [10] },
  ],
  consent: {
    version: '2026-11',
    wording: {
      en: 'I ask Example Energy to call me at the number above about my request.',
      es: 'Pido a Example Energy que me llame al número indicado sobre mi solicitud.',
    },
  },
};

export const sampleSlots: Slots = {
  timeZone: 'America/Los_Angeles',
  slots: [
    { date: '2026-11-23', from: '10:00', to: '10:30' },
    { date: '2026-11-23', from: '14:30', to: '15:00' },
    { date: '2026-11-24', from: '09:00', to: '09:30' },
  ],
};

export const acceptedCall = {
  id: '0199a3c1-5f0e-7cc3-9d5b-6f1e0a7b8c9d',
  status: 'accepted',
  callAfter: '2026-01-05T09:00:00.000Z',
  manageUrl: 'https://api.example.com/callback/0199a3c1-5f0e-7cc3-9d5b-6f1e0a7b8c9d?token=AAAAAAAAAAAAAAAAAAAAAA',
} as const;

/** Signs the challenge that the stub gives. */
export const stubSecret = 'the secret of the stub';

export const problem = (status: number, code: string, pointers: readonly string[] = []): StubAnswer => ({
  status,
  body: {
    type: `urn:ringback:problem:${code}`,
    title: 'A problem.',
    status,
    code,
    ...(pointers.length > 0 && { errors: pointers.map((pointer) => ({ pointer, detail: `${pointer} is wrong.` })) }),
  },
});

export async function startStubApi(): Promise<StubApi> {
  const challenge = await issueChallenge({ cost: 1_000, tries: 10 }, stubSecret, Date.now());
  const requests: StubRequest[] = [];
  const answers = new Map<string, StubAnswer[]>();
  const server = createServer((incoming, outgoing) => {
    respond(incoming, outgoing, requests, answers).catch((error: unknown) => {
      outgoing.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reset = (): void => {
    requests.length = 0;
    answers.clear();
    answers.set('GET /v1/lines', [{ status: 200, body: sampleLines }]);
    answers.set('GET /v1/lines/{}/slots', [{ status: 200, body: sampleSlots }]);
    answers.set('GET /v1/lines/{}/wait', [{ status: 200, body: { known: true, waitSeconds: 230 } }]);
    answers.set('GET /v1/challenge', [{ status: 200, body: challenge }]);
    answers.set('POST /v1/callbacks', [{ status: 202, body: acceptedCall }]);
    answers.set('DELETE /v1/callbacks/{}', [{ status: 200, body: {} }]);
  };
  reset();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answers,
    reset,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function respond(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  requests: StubRequest[],
  answers: Map<string, StubAnswer[]>,
): Promise<void> {
  const cors = {
    'access-control-allow-origin': incoming.headers.origin ?? '*',
    'access-control-allow-headers': 'content-type,idempotency-key',
    'access-control-allow-methods': 'GET,POST,PATCH,DELETE',
    // On a connection that was used before, a browser itself repeats a request that got no answer.
    connection: 'close',
  };
  if (incoming.method === 'OPTIONS') {
    outgoing.writeHead(204, cors).end();
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const path = incoming.url ?? '/';
  const method = incoming.method ?? 'GET';
  requests.push({ method, path, headers: incoming.headers, body: Buffer.concat(chunks).toString('utf8') });
  const answer = nextAnswer(answers, method, path.split('?')[0] ?? path);
  if (answer.delayMs) await new Promise((resolve) => setTimeout(resolve, answer.delayMs));
  if (answer.isBroken) {
    incoming.socket.destroy();
    return;
  }
  outgoing.writeHead(answer.status, { 'content-type': 'application/json', ...cors });
  outgoing.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
}

function nextAnswer(answers: Map<string, StubAnswer[]>, method: string, path: string): StubAnswer {
  const parts = path.split('/');
  for (const [route, line] of answers) {
    const [routeMethod, routePath = ''] = route.split(' ');
    const routeParts = routePath.split('/');
    const isMatch =
      routeParts.length === parts.length && routeParts.every((part, i) => part === '{}' || part === parts[i]);
    if (routeMethod !== method || !isMatch) continue;
    const answer = line.length > 1 ? line.shift() : line[0];
    if (answer) return answer;
  }
  return problem(404, 'not-found');
}
