/** A route of the template: `POST /v1/callbacks`, `ANY /v1/{proxy+}`, `GET /v1/callbacks/{id}` or `$default`. */
export interface RouteMatch<T> {
  readonly routeKey: string;
  readonly route: T;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface CompiledRoute<T> {
  readonly routeKey: string;
  readonly method: string;
  readonly segments: readonly string[];
  readonly route: T;
}

/**
 * Finds the route of a request as an HTTP API does: a full match before a greedy one before `$default`, a literal segment
 * before a parameter, the method itself before `ANY` (API Gateway developer guide, "Routes").
 */
export class Router<T> {
  readonly #routes: readonly CompiledRoute<T>[];
  readonly #fallback: CompiledRoute<T> | undefined;

  constructor(routes: readonly { readonly routeKey: string; readonly route: T }[]) {
    const compiled = routes.map(({ routeKey, route }) => {
      const [method = '', path = ''] = routeKey.split(' ');
      return { routeKey, method, segments: path.split('/').slice(1), route };
    });
    this.#fallback = compiled.find(({ routeKey }) => routeKey === '$default');
    this.#routes = compiled.filter(({ routeKey }) => routeKey !== '$default').sort(moreSpecificFirst);
  }

  /** @param path the raw path without the query, percent-encoded as it came. */
  find(method: string, path: string): RouteMatch<T> | undefined {
    const segments = path.split('/').slice(1);
    for (const candidate of this.#routes) {
      if (candidate.method !== 'ANY' && candidate.method !== method) continue;
      const pathParameters = matchSegments(candidate.segments, segments);
      if (pathParameters !== undefined) return { routeKey: candidate.routeKey, route: candidate.route, pathParameters };
    }
    return this.#fallback && { routeKey: '$default', route: this.#fallback.route, pathParameters: {} };
  }
}

const matchSegments = (wanted: readonly string[], given: readonly string[]): Record<string, string> | undefined => {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const name = /^\{(\w+)(\+?)\}$/.exec(segment);
    if (name?.[2] === '+') {
      const rest = given.slice(index).join('/');
      if (rest === '') return undefined;
      parameters[name[1] ?? ''] = decode(rest);
      return parameters;
    }
    const value = given[index];
    if (value === undefined) return undefined;
    if (name === null ? decode(value) !== segment : value === '') return undefined;
    if (name !== null) parameters[name[1] ?? ''] = decode(value);
  }
  return given.length === wanted.length ? parameters : undefined;
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
};

const moreSpecificFirst = (left: CompiledRoute<unknown>, right: CompiledRoute<unknown>): number => {
  for (let index = 0; index < Math.max(left.segments.length, right.segments.length); index += 1) {
    const difference = weight(left.segments[index]) - weight(right.segments[index]);
    if (difference !== 0) return difference;
  }
  return Number(left.method === 'ANY') - Number(right.method === 'ANY');
};

const weight = (segment: string | undefined): number => {
  if (segment === undefined) return 0;
  if (!segment.startsWith('{')) return 0;
  return segment.endsWith('+}') ? 2 : 1;
};
