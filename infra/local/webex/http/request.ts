import type { IncomingMessage } from 'node:http';
import type * as z from 'zod';
import { issueSentence } from '../errors.ts';
import { fail, ok, type Result } from '../../../../src/shared/result.ts';
import type { TokenRecord } from '../store/token-store.ts';

/** No Webex body that is simulated comes near this. */
export const BODY_BYTES_MAX = 1_048_576;

/** A request to one operation, once it is known who asks. */
export interface ApiRequest {
  /** Of its entry in the request list. */
  readonly index: number;
  readonly pathname: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly authorization: string;
  readonly bodyText: string;
  readonly trackingId: string;
  readonly nowMs: number;
  /** Absent on the operations that take no bearer token. */
  readonly token: TokenRecord | undefined;
  /** A fault rule's lag, on top of the setting. */
  readonly searchLagSeconds: number;
}

/** @returns undefined where the body is larger than the limit. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The JSON body in the shape of `schema`, or one sentence. Members that Webex does not document are let pass. */
export function parseJsonBody<S extends z.ZodObject>(
  request: Pick<ApiRequest, 'contentType' | 'bodyText'>,
  schema: S,
): Result<z.output<S>, string> {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(request.contentType))
    return fail('Content-Type must be application/json.');
  const value = parseJson(request.bodyText);
  if (!value.ok) return value;
  const parsed = schema.loose().safeParse(value.value);
  return parsed.success ? ok(parsed.data as z.output<S>) : fail(`${issueSentence(parsed.error)}.`);
}

export function parseQuery<S extends z.ZodObject>(
  query: Readonly<Record<string, string>>,
  schema: S,
): Result<z.output<S>, string> {
  const parsed = schema.loose().safeParse(query);
  return parsed.success ? ok(parsed.data as z.output<S>) : fail(`${issueSentence(parsed.error)}.`);
}

function parseJson(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return fail('Body is invalid JSON.');
    throw error;
  }
}
