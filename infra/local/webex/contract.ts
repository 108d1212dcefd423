import type { OperationContract } from './contract/common.ts';
import { contactListOperations } from './contract/contact-lists.ts';
import { dncOperations } from './contract/dnc.ts';
import { insightOperations } from './contract/insights.ts';
import { oauthOperations } from './contract/oauth.ts';
import { scheduledCallbackOperations } from './contract/scheduled-callbacks.ts';
import { taskOperations } from './contract/tasks.ts';
import { findRoute } from './http/router.ts';

export type { OperationContract } from './contract/common.ts';

/** Every Webex operation that the simulator answers, by the name used for faults and in the request list. */
export const operations = {
  ...oauthOperations,
  ...taskOperations,
  ...insightOperations,
  ...dncOperations,
  ...scheduledCallbackOperations,
  ...contactListOperations,
} satisfies Record<string, OperationContract>;

export type OperationName = keyof typeof operations;
export const operationNames = Object.keys(operations) as readonly OperationName[];

const routes = operationNames.map((name) => ({ name, method: operations[name].method, path: operations[name].path }));

/** The operation that a request addresses, with its path parameters decoded. */
export const matchOperation = (method: string, pathname: string) => findRoute(routes, method, pathname);

/** One request or answer, as a contract test or a proxy sees it. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly requestHeaders: Readonly<Record<string, string | undefined>>;
  readonly requestBody?: string;
  readonly status: number;
  readonly responseBody: string;
}

/**
 * Checks one exchange against the contract of its operation.
 * @returns the sentences that say what does not fit; empty where everything does.
 */
export function contractFaults(exchange: Exchange): string[] {
  const match = matchOperation(exchange.method, exchange.url.pathname);
  if (!match) return [`${exchange.method} ${exchange.url.pathname} is no operation of the contract.`];
  const operation: OperationContract = operations[match.route.name];
  const about = (part: string, problem: string) => `${match.route.name} ${part}: ${problem}`;
  return [
    ...requestFaults(operation, exchange).map((problem) => about('request', problem)),
    ...responseFaults(operation, exchange).map((problem) => about(`answer ${exchange.status}`, problem)),
  ];
}

function requestFaults(operation: OperationContract, exchange: Exchange): string[] {
  const faults: string[] = [];
  const query = Object.fromEntries(exchange.url.searchParams);
  if (operation.query) faults.push(...schemaFaults(operation.query, query));
  else if (Object.keys(query).length > 0) faults.push(`takes no query, got ${Object.keys(query).join(', ')}`);
  if (!operation.trackingId && exchange.requestHeaders['trackingid'] !== undefined) {
    faults.push('sends TrackingId where it is not documented');
  }
  if (!operation.body) return exchange.requestBody ? [...faults, 'takes no body'] : faults;
  const contentType = exchange.requestHeaders['content-type'] ?? '';
  if (!contentType.startsWith(operation.contentType ?? ''))
    faults.push(`content-type must be ${operation.contentType}, got ${contentType}`);
  const form = operation.contentType === 'application/x-www-form-urlencoded';
  const text = exchange.requestBody ?? '';
  const body = form ? Object.fromEntries(new URLSearchParams(text)) : parseJson(text);
  return [...faults, ...schemaFaults(operation.body, body)];
}

function responseFaults(operation: OperationContract, exchange: Exchange): string[] {
  const expected = operation.responses[exchange.status];
  if (expected === undefined) return ['is a status that the contract does not name'];
  if (expected === 'empty') return exchange.responseBody === '' ? [] : ['must have no body'];
  return schemaFaults(expected, exchange.responseBody === '' ? undefined : parseJson(exchange.responseBody));
}

const schemaFaults = (schema: { safeParse: OperationSafeParse }, value: unknown): string[] => {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'} ${issue.message}`);
};

type OperationSafeParse = (
  value: unknown,
) =>
  | { success: true }
  | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };

/** Text that is no JSON fails every schema here, so it is handed on as it came. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
