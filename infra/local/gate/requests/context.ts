import type { AccessRequest } from '../types.ts';

/** What the extractors need to turn a request into the actions and resources that it wants. */
export interface ResourceNames {
  readonly region: string;
  readonly accountId: string;
  /** Partition key attribute of a table by its name, where a policy speaks of dynamodb:LeadingKeys. */
  readonly partitionKeys: Readonly<Record<string, string>>;
  /** The ARN of a secret by its name, with the random suffix; undefined when there is no such secret. */
  readonly secretArn: (name: string) => string | undefined;
}

/** The head of a request, with its body parsed where the protocol is JSON. */
export interface ParsedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The operation of a JSON protocol, from `X-Amz-Target`. */
  readonly operation: string;
  readonly body: unknown;
}

/**
 * Names every action and resource that a request wants.
 *
 * @throws UnsupportedRequestError when it cannot tell.
 */
export type RequestReader = (request: ParsedRequest, names: ResourceNames) => readonly AccessRequest[];

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member of a JSON object; undefined where either is missing. */
export const member = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined);

export const stringMember = (value: unknown, name: string): string | undefined => {
  const found = member(value, name);
  return typeof found === 'string' ? found : undefined;
};

export const listMember = (value: unknown, name: string): readonly unknown[] => {
  const found = member(value, name);
  return Array.isArray(found) ? found : [];
};
