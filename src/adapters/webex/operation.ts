import type * as z from 'zod/mini';

export interface OperationFacts {
  /** As logs, metrics and errors call it. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `{name}` stands for a part of the path that the caller gives. */
  readonly path: string;
  /** Sending it twice does no more than sending it once, so the client may repeat it after a failure. */
  readonly repeatable: boolean;
  /** The `TrackingId` request header is documented for it. */
  readonly tracking: boolean;
  /** What fails together: operations of one service share a circuit breaker. */
  readonly service: 'tasks' | 'search' | 'dnc' | 'scheduled-callbacks' | 'campaigns' | 'agents';
}

/** One documented operation of Webex Contact Center, with our own schema of both sides. */
export interface Operation<Body, Answer> extends OperationFacts {
  /** Absent where the operation has no body. */
  readonly request?: z.ZodMiniType<Body>;
  /** Parses the body of a 2xx; an empty body is `undefined`. */
  readonly answer: z.ZodMiniType<Answer>;
}

export const defineOperation = <Body, Answer>(operation: Operation<Body, Answer>): Operation<Body, Answer> => operation;

export interface OperationInput<Body> {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: Body;
}

/** Puts the parts into the path, URL-encoded (`+` included), and the query behind it. */
export function urlOf(baseUrl: string, operation: OperationFacts, input: OperationInput<unknown>): URL {
  const path = operation.path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const part = input.path?.[name] ?? '';
    if (/^\.{0,2}$/.test(part)) throw new Error(`${operation.name} needs the path part "${name}".`);
    return encodeURIComponent(part);
  });
  const url = new URL(baseUrl.replace(/\/+$/, '') + path);
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}
