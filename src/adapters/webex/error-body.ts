import { maskNumber } from '../../shared/mask.ts';

export interface ErrorWords {
  readonly words?: string;
  readonly webexCode?: string;
  readonly trackingId?: string;
}

const WORDS_MAX = 300;

/**
 * Takes what is useful out of any error body. Documented are `{trackingId, error: {key, message: [{description}]}}`,
 * `{code, message, trackingId}` and `{errors: […]}`; OAuth has `{error, error_description}`. A body of any other shape,
 * plain text, HTML or none gives what can be found, and never throws.
 */
export function readErrorBody(body: string): ErrorWords {
  const parsed = parseJson(body);
  if (!isRecord(parsed)) return { ...optional('words', parsed === undefined ? plainWords(body) : sentence(parsed)) };
  const error = parsed['error'];
  const first = Array.isArray(parsed['errors']) ? parsed['errors'][0] : undefined;
  const words =
    sentence(isRecord(error) ? error['message'] : undefined) ??
    sentence(parsed['error_description']) ??
    sentence(parsed['message']) ??
    sentence(first) ??
    sentence(parsed['summary']) ??
    sentence(typeof error === 'string' ? error : isRecord(error) ? error['key'] : undefined);
  const code = firstText(
    isRecord(error) ? error['key'] : error,
    isRecord(error) ? error['code'] : undefined,
    parsed['code'],
    isRecord(first) ? (first['code'] ?? first['key']) : undefined,
    parsed['statusCode'],
  );
  const trackingId = firstText(
    parsed['trackingId'],
    isRecord(error) ? error['trackingId'] : undefined,
    isRecord(first) ? first['trackingId'] : undefined,
  );
  return { ...optional('words', words), ...optional('webexCode', code), ...optional('trackingId', trackingId) };
}

/** Masks what looks like a phone number, takes out what is long enough to be a token, and cuts to 300 characters. */
export function cleanWords(text: string): string {
  const masked = text
    .replace(/[\w~+/=-]{40,}/g, '…')
    .replace(/(?<![\w-])\+?\d[\d\s().-]{5,}\d(?![\w-])/g, (match) => maskNumber(match.replace(/[^\d+]/g, '')));
  const flat = masked.replace(/\s+/g, ' ').trim();
  return flat.length > WORDS_MAX ? `${flat.slice(0, WORDS_MAX - 1)}…` : flat;
}

function sentence(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : cleanWords(value);
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) {
    const parts = value.slice(0, 5).flatMap((item) => sentence(item) ?? []);
    return parts.length > 0 ? cleanWords(parts.join('; ')) : undefined;
  }
  if (isRecord(value)) return sentence(value['description'] ?? value['message'] ?? value['detail'] ?? value['title']);
  return undefined;
}

/** Plain text is worth showing; a page of a proxy is not. */
const plainWords = (body: string): string | undefined =>
  body.trimStart().startsWith('<') ? undefined : sentence(body);

function firstText(...values: unknown[]): string | undefined {
  const found = values.map((value) => (typeof value === 'number' ? String(value) : value)).find(isText);
  return found?.slice(0, 100);
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const optional = <K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: string });

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
