import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import type { Problem } from '../../../events/problem/schema.ts';
import { ProblemError } from './problem.ts';

/** Hardly a request of ours needs more; what is larger is a mistake or an attack. */
export const bodyBytesMax = 16 * 1_024;

export type MediaType = 'application/json' | 'application/x-www-form-urlencoded';

/** Reads the body of a request: size, media type, syntax and schema, in this order. Throws {@link ProblemError}. */
export async function parseBody<Schema extends z.core.$ZodType>(
  event: APIGatewayProxyEventV2,
  schema: Schema,
  { bytesMax = bodyBytesMax }: { readonly bytesMax?: number } = {},
): Promise<z.output<Schema>> {
  const text = bodyText(event, bytesMax);
  requireMediaType(event, ['application/json']);
  return parseWith(schema, await parseJson(text));
}

/** The body as text. @throws {ProblemError} `body-too-large` */
export function bodyText(event: APIGatewayProxyEventV2, bytesMax = bodyBytesMax): string {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.byteLength > bytesMax) {
    throw new ProblemError('body-too-large', {
      detail: `The body has ${bytes.byteLength} bytes; at most ${bytesMax} are taken.`,
    });
  }
  return bytes.toString('utf8');
}

/** @throws {ProblemError} `unsupported-media-type` */
export function requireMediaType(event: APIGatewayProxyEventV2, allowed: readonly MediaType[]): MediaType {
  const sent = event.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const found = allowed.find((type) => type === sent);
  if (found) return found;
  throw new ProblemError('unsupported-media-type', {
    detail: `The Content-Type must be ${allowed.join(' or ')}, got ${sent ?? 'none'}.`,
  });
}

/** @throws {ProblemError} `malformed-json` with line and column of the first mistake. */
export async function parseJson(text: string): Promise<unknown> {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProblemError('malformed-json', { detail: await placeOfMistake(text), cause });
  }
}

/** Loaded only when it is needed: hardly any request is broken, and every cold start would pay for it. */
async function placeOfMistake(text: string): Promise<string> {
  if (text.trim() === '') return 'The body is empty.';
  const { parse, printParseErrorCode } = await import('jsonc-parser');
  const mistakes: import('jsonc-parser').ParseError[] = [];
  parse(text, mistakes, { disallowComments: true, allowTrailingComma: false });
  const offset = mistakes[0]?.offset ?? text.length;
  const before = text.slice(0, offset).split('\n');
  const what = mistakes[0] ? printParseErrorCode(mistakes[0].error) : 'UnexpectedEnd';
  const words = what.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return `The JSON breaks off at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${words}.`;
}

/** @throws {ProblemError} `invalid-request`, one sentence a field. */
export function parseWith<Schema extends z.core.$ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  throw new ProblemError('invalid-request', { errors: parsed.error.issues.flatMap(fieldErrors) });
}

function fieldErrors(issue: z.core.$ZodIssue): NonNullable<Problem['errors']> {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((unknown) => {
      const path = [...issue.path, unknown];
      return { pointer: pointerOf(path), detail: `${nameOf(path)} is not a field of this request; leave it out.` };
    });
  }
  return [{ pointer: pointerOf(issue.path), detail: `${nameOf(issue.path)} ${issue.message}.` }];
}

const nameOf = (path: readonly PropertyKey[]): string => path.map(String).join('.') || 'the body';

/** RFC 6901 */
const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
