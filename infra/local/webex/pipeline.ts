import { randomUUID } from 'node:crypto';
import { type Course, courseOf } from './faults/course.ts';
import { type Answer, empty, errorAnswer } from './http/answers.ts';
import type { ApiRequest } from './http/request.ts';
import { findRoute, type RouteMatch } from './http/router.ts';
import { apiRoutes } from './routes/all-routes.ts';
import type { ApiRoute } from './routes/route.ts';
import type { Simulation } from './simulation.ts';

/** A request as it came from the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyText: string;
}

/** What the connection is to do. */
export type Ending =
  | { readonly act: 'answer'; readonly answer: Answer }
  | { readonly act: 'hang' }
  | { readonly act: 'drop' };

export interface Waiting {
  nowMs(): number;
  /** Rejects when the simulator is closed. */
  sleep(durationMs: number): Promise<void>;
}

interface Call {
  readonly wire: WireRequest;
  readonly match: RouteMatch<ApiRoute> | undefined;
  readonly query: Readonly<Record<string, string>>;
  readonly bearerToken: string | undefined;
  readonly trackingId: string;
}

interface Begun {
  readonly index: number;
  readonly course: Course;
  readonly answer: Answer | undefined;
}

/**
 * Takes one request through: list it, let a fault rule decide its course, authenticate, count, answer.
 * Unless a fault delays it, all of that is one transaction, so that a kill leaves no task without its request.
 */
export async function serve(simulation: Simulation, waiting: Waiting, wire: WireRequest): Promise<Ending> {
  const call = toCall(wire);
  const begun = simulation.inTransaction(() => begin(simulation, call, waiting.nowMs()));
  const { index, course } = begun;
  let { answer } = begun;
  if (course.delayBeforeMs > 0) {
    await waiting.sleep(course.delayBeforeMs);
    answer = simulation.inTransaction(() => carryOut(simulation, call, index, course, waiting.nowMs()));
  }
  if (course.delayAfterMs > 0) await waiting.sleep(course.delayAfterMs);
  if (course.ending !== 'answer' || !answer) return { act: course.ending === 'hang' ? 'hang' : 'drop' };
  return { act: 'answer', answer: { ...answer, headers: { trackingid: call.trackingId, ...answer.headers } } };
}

function toCall(wire: WireRequest): Call {
  const match = findRoute(apiRoutes, wire.method, wire.url.pathname);
  const sentId = wire.headers['trackingid'];
  return {
    wire,
    match,
    query: Object.fromEntries(wire.url.searchParams),
    bearerToken: /^Bearer (\S+)$/i.exec(wire.headers['authorization'] ?? '')?.[1],
    trackingId: match?.route.echoesTrackingId && sentId ? sentId : `SIM_${randomUUID()}`,
  };
}

function begin(simulation: Simulation, call: Call, nowMs: number): Begun {
  const { wire, match } = call;
  const { authorization: _shownAsBearerToken, ...headers } = wire.headers;
  simulation.startDueCallbacks(nowMs);
  const index = simulation.requests.arrive({
    atMs: nowMs,
    operation: match?.route.name,
    method: wire.method,
    path: wire.url.pathname,
    query: call.query,
    headers,
    bodyText: wire.bodyText,
    bearerToken: call.bearerToken,
    trackingId: call.trackingId,
  });
  const fault = simulation.faults.take({
    operation: match?.route.name,
    bodyText: wire.bodyText,
    number: () => numberOf(call),
  });
  if (fault) simulation.requests.settle(index, { fault: fault.kind });
  const course = courseOf(fault);
  const answer = course.delayBeforeMs > 0 ? undefined : carryOut(simulation, call, index, course, nowMs);
  return { index, course, answer };
}

/** Processes the request as far as its course wants it, and notes what came of it. */
function carryOut(
  simulation: Simulation,
  call: Call,
  index: number,
  course: Course,
  nowMs: number,
): Answer | undefined {
  if (course.expiresToken) {
    const refreshToken = new URLSearchParams(call.wire.bodyText).get('refresh_token');
    for (const token of [call.bearerToken, refreshToken]) if (token) simulation.tokens.expire(token, nowMs);
  }
  const processed = course.processes ? process(simulation, call, index, course.searchLagSeconds, nowMs) : undefined;
  const answer = course.ending === 'answer' ? (course.instead ?? processed) : undefined;
  simulation.requests.settle(index, {
    processedStatus: processed?.status,
    status: answer?.status,
    taskId: processed?.taskId,
  });
  return answer;
}

function process(simulation: Simulation, call: Call, index: number, searchLagSeconds: number, nowMs: number): Answer {
  const { match, wire, trackingId } = call;
  if (!match) return errorAnswer('general', 404, 'Not Found', trackingId);
  const { route, params } = match;
  const token = route.scopes === undefined ? undefined : simulation.tokens.verify(call.bearerToken, nowMs);
  if (route.scopes !== undefined) {
    if (!token) return errorAnswer(route.errors, 401, 'Invalid or expired access token.', trackingId);
    const admission = simulation.budget.take(token.clientId, nowMs, simulation.settings.requestsPerMinute);
    simulation.requests.settle(index, { clientId: token.clientId, counted: admission.admitted });
    if (!admission.admitted) return empty(429, { 'retry-after': String(admission.retryAfterSeconds) });
    const organizations = [call.query['orgId'], params['orgId']].filter((orgId) => orgId !== undefined);
    if (token.orgId !== simulation.organizationId || organizations.some((orgId) => orgId !== token.orgId)) {
      return errorAnswer(route.errors, 403, 'The token has no permission for this organization.', trackingId);
    }
    const scopes = token.scope.split(' ');
    if (route.scopes.length > 0 && !route.scopes.some((scope) => scopes.includes(scope))) {
      return errorAnswer(route.errors, 403, `The token lacks the scope ${route.scopes.join(' or ')}.`, trackingId);
    }
  }
  const request: ApiRequest = {
    index,
    pathname: wire.url.pathname,
    params,
    query: call.query,
    contentType: wire.headers['content-type'] ?? '',
    authorization: wire.headers['authorization'] ?? '',
    bodyText: wire.bodyText,
    trackingId,
    nowMs,
    token,
    searchLagSeconds,
  };
  return route.handle(request, simulation);
}

/** The number that a request is about, wherever its operation has it. */
function numberOf({ match, query, wire }: Call): string | undefined {
  const addressed = match?.params['phoneNumber'] ?? query['callbackNumber'];
  if (addressed !== undefined) return addressed;
  const found = /"(?:destination|phoneNumber|callbackNumber)"\s*:\s*"([^"\\]*)"/.exec(wire.bodyText);
  return found?.[1];
}
