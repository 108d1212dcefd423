import type { IncomingMessage } from 'node:http';
import type { ServiceName } from './types.ts';

const SERVICES: ReadonlySet<string> = new Set<ServiceName>([
  'dynamodb',
  'events',
  's3',
  'scheduler',
  'secretsmanager',
  'sns',
  'sqs',
  'states',
  'sts',
]);

const isServiceName = (name: string): name is ServiceName => SERVICES.has(name);

/** Who sent a request to which service, from the credential of its signature. */
export interface Caller {
  readonly accessKeyId: string;
  /** As the SDK signs for it. */
  readonly signedService: string;
  /** Undefined when the gate knows no such service. */
  readonly service: ServiceName | undefined;
  /** The path without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
}

const CREDENTIAL = /^([^/]+)\/\d{8}\/[^/]+\/([^/]+)\/aws4_request$/;
const NO_QUERY = new URLSearchParams();

/**
 * Reads the credential from the Authorization header, or from the query of a presigned URL. The signature itself is not
 * verified: the gate listens on the loopback, and the access key only says which function is calling.
 */
export const callerOf = (incoming: IncomingMessage): Caller | undefined => {
  const url = incoming.url ?? '/';
  const queryStart = url.indexOf('?');
  const path = queryStart === -1 ? url : url.slice(0, queryStart);
  const query = queryStart === -1 ? NO_QUERY : new URLSearchParams(url.slice(queryStart + 1));
  const header = incoming.headers.authorization;
  const credential =
    header === undefined
      ? query.get('X-Amz-Credential')
      : (/^AWS4-(?:HMAC-SHA256|ECDSA-P256-SHA256) Credential=([^,\s]+)/.exec(header)?.[1] ?? null);
  const [, accessKeyId, service] = CREDENTIAL.exec(credential ?? '') ?? [];
  return accessKeyId === undefined || service === undefined
    ? undefined
    : { accessKeyId, signedService: service, service: isServiceName(service) ? service : undefined, path, query };
};

/** Whether the query is that of a link whose time is over; links live by the machine's own clock, as their signatures do. */
export const isLinkExpired = (query: URLSearchParams, nowMs: number): boolean => {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '') ?? [];
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map(Number);
  const expires = query.get('X-Amz-Expires');
  if (expires === null) return false;
  return Date.UTC(year, month - 1, day, hour, minute, second) + Number(expires) * 1_000 < nowMs;
};
