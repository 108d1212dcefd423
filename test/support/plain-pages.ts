import { once } from 'node:events';
import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { v7 as uuid } from 'uuid';
import { createHandler as createManageHandler } from '../../functions/manage-callback/handler.ts';
import { answerForm } from '../../functions/request-call/form.ts';
import { createHandler as createShowHandler } from '../../functions/show-form/handler.ts';
import { toHttpEvent } from '../../infra/local/runtime/http/event.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import type { DialFactsReader } from '../../src/calls/ports.ts';
import { createDecide } from '../../src/policy/create-decide.ts';
import type { Settings } from '../../src/settings/schema.ts';
import sample from '../../ringback.config.ts';
import { createScreen } from '../../src/screen/create-screen.ts';
import { arrive } from '../../functions/request-call/screening.ts';
import { InMemoryCalls } from './in-memory-calls.ts';

/** Noon in San Francisco on a Monday: calls to California are lawful. */
export const noonMs = Date.parse('2026-11-23T12:00:00-08:00');

/** The pages without JavaScript on a ledger in memory. */
export interface PlainPages {
  readonly calls: InMemoryCalls;
  /** Numbers that a list forbids to call. */
  readonly listed: Set<string>;
  nowMs: number;
  /** What Webex says of every queue. */
  waitSeconds: number | undefined;
  answer(method: string, path: string, body?: string, headers?: Record<string, string>): Promise<PlainAnswer>;
}

export interface PlainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function createPlainPages(settings: Settings = sample): PlainPages {
  const calls = new InMemoryCalls();
  const listed = new Set<string>();
  const { logger, metrics } = createObservability('plain-pages');
  logger.setLogLevel('SILENT');
  const facts: DialFactsReader = {
    read: (number) =>
      Promise.resolve({
        lists: [{ list: 'internal', state: listed.has(number) ? 'listed' : 'clear' }],
        attemptLog: { number, attemptsMs: [], version: 0 },
        bans: [],
      }),
  };
  const pages: PlainPages = {
    calls,
    listed,
    nowMs: noonMs,
    waitSeconds: undefined,
    answer: async (method, path, body = '', headers = {}) => {
      const [rawPath = '/', rawQueryString = ''] = path.split('?');
      const id = /^\/callback\/([^/]+)$/.exec(rawPath)?.[1];
      const type = method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
      const event = toHttpEvent(
        {
          method,
          rawPath,
          rawQueryString,
          headers: { host: 'api.example.com', ...type, ...headers },
          body: Buffer.from(body),
          sourceIp: '192.0.2.1',
        },
        {
          apiId: 'api',
          routeKey: `${method} ${id ? '/callback/{id}' : rawPath}`,
          pathParameters: id ? { id } : {},
          nowMs: pages.nowMs,
        },
      ) as unknown as APIGatewayProxyEventV2;
      const answer = await handle(event, id !== undefined);
      return {
        status: answer.statusCode ?? 200,
        headers: answer.headers as Record<string, string>,
        body: answer.body ?? '',
      };
    },
  };
  const deps = {
    logger,
    metrics,
    calls,
    facts,
    idempotency: calls,
    counts: calls,
    decide: createDecide(settings.policy),
    clock: { nowMs: () => pages.nowMs, sleep: () => Promise.resolve() },
    newId: uuid,
    settings,
    secret: () => Promise.resolve('the secret of these pages'),
    screen: createScreen(settings, {
      counters: { read: (counters) => Promise.resolve(counters.map(() => ({ current: 0, previous: 0 }))) },
      proofs: { verify: () => Promise.reject(new Error('A plain form brings no proof.')) },
      blocks: { note: () => Promise.resolve() },
      observer: { refused: () => undefined, nearlyFull: () => undefined, unavailable: () => undefined },
      random: () => 0,
    }),
  };
  const show = createShowHandler({
    logger,
    settings,
    clock: deps.clock,
    newKey: uuid,
    waits: {
      ofQueue: () => {
        const { waitSeconds } = pages;
        const wait = waitSeconds === undefined ? ({ known: false } as const) : ({ known: true, waitSeconds } as const);
        return Promise.resolve({ wait, freshMs: 0 });
      },
    },
  });
  const manage = createManageHandler(deps);
  const handle = async (
    event: APIGatewayProxyEventV2,
    isManage: boolean,
  ): Promise<APIGatewayProxyStructuredResultV2> => {
    if (isManage) return manage(event, {} as Context);
    return event.requestContext.http.method === 'POST'
      ? answerForm(deps, event, arrive(deps, event))
      : show(event, {} as Context);
  };
  return pages;
}

/** Posts the fields of a plain form. */
export const sendForm = (pages: PlainPages, fields: Readonly<Record<string, string>>): Promise<PlainAnswer> =>
  pages.answer('POST', '/v1/callbacks', String(new URLSearchParams(fields)));

/** What the button of a page sends: the values of its hidden fields. */
export function hiddenFields({ body }: PlainAnswer): Record<string, string> {
  const texts: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  const found = body.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g);
  return Object.fromEntries(
    [...found].map(([, name = '', value = '']) => [
      name,
      value.replace(/&([\w#]+);/g, (_, of: string) => texts[of] ?? ''),
    ]),
  );
}

/** Sends the form, and where the page asks whether all is right, says so. */
export async function sendConfirmed(pages: PlainPages, fields: Readonly<Record<string, string>>): Promise<PlainAnswer> {
  const shown = await sendForm(pages, fields);
  return shown.body.includes('name="confirmation"') ? sendForm(pages, hiddenFields(shown)) : shown;
}

/** People take their time; the screen takes nobody for one who does not. */
const fillingMs = 5_000;

/** Serves the pages to a browser. The pages' own clock moves on by what a person needs before each form. */
export async function servePlainPages(pages: PlainPages): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.method === 'POST') pages.nowMs += fillingMs;
    void textOf(request)
      .then((body) => pages.answer(request.method ?? 'GET', request.url ?? '/', body, browserHeaders(request)))
      .then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const browserHeaders = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
