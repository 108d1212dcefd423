import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { controlRoutes } from '../control/control-routes.ts';
import { type Ending, serve, type Waiting } from '../pipeline.ts';
import type { Simulation } from '../simulation.ts';
import { type Answer, json } from './answers.ts';
import { readBody } from './request.ts';
import { findRoute } from './router.ts';

const KEEP_ALIVE_MS = 75_000;

const isControl = (pathname: string): boolean => pathname === '/' || pathname.startsWith('/_');

/** The HTTP side of the simulator: reads a request, has it served, and ends the connection as it should. */
export function createSimulatorServer(simulation: Simulation, waiting: Waiting): Server {
  const server = createServer((request, response) => {
    respond(simulation, waiting, request, response).catch((error: unknown) => abandon(response, error));
  });
  // A client that reuses a connection must not meet one that was just closed.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 5_000;
  return server;
}

async function respond(
  simulation: Simulation,
  waiting: Waiting,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const bodyText = await readBody(request);
  const target = `http://simulator${request.url ?? '/'}`;
  if (bodyText === undefined)
    return send(response, json(413, { errors: ['The body is too large.'] }, { connection: 'close' }));
  if (!URL.canParse(target)) return send(response, json(400, { errors: ['The address cannot be read.'] }));
  const url = new URL(target);
  const method = request.method ?? 'GET';
  if (isControl(url.pathname))
    return send(response, control(simulation, waiting.nowMs(), { request, method, url, bodyText }));
  end(response, await serve(simulation, waiting, { method, url, headers: plainHeaders(request), bodyText }));
}

function control(
  simulation: Simulation,
  nowMs: number,
  { request, method, url, bodyText }: { request: IncomingMessage; method: string; url: URL; bodyText: string },
): Answer {
  const match = findRoute(controlRoutes, method, url.pathname);
  if (!match) return json(404, { error: `The simulator has no ${method} ${url.pathname}.` });
  const contentType = request.headers['content-type'] ?? '';
  return simulation.inTransaction(() => {
    simulation.startDueCallbacks(nowMs);
    return match.route.handle({ params: match.params, url, contentType, bodyText, nowMs }, simulation);
  });
}

const plainHeaders = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );

function end(response: ServerResponse, ending: Ending): void {
  switch (ending.act) {
    case 'answer':
      return send(response, ending.answer);
    case 'drop':
      response.destroy();
      return;
    case 'hang':
      return;
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  const length = status === 204 ? {} : { 'content-length': String(Buffer.byteLength(body ?? '')) };
  response.writeHead(status, { ...headers, ...length }).end(body);
}

/** Told at the terminal without anything that the request held. */
function abandon(response: ServerResponse, error: unknown): void {
  if (response.destroyed || (error instanceof Error && error.name === 'AbortError')) return;
  process.stderr.write(
    `The Webex simulator failed on a request: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
  if (response.headersSent) response.destroy();
  else send(response, json(500, { errors: [{ key: '500', message: 'Internal Server Error' }] }));
}
