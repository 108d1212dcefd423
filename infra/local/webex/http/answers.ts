/** What is sent back. No `body` means an empty one. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The task that the request created, for the request list. */
  readonly taskId?: string;
}

export const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

export const empty = (status: number, headers: Readonly<Record<string, string>> = {}): Answer => ({ status, headers });

export const redirect = (location: string): Answer => ({
  status: 302,
  headers: { location, 'cache-control': 'no-store' },
});

/** Which of Webex's error shapes an operation answers with. */
export type ErrorStyle = 'general' | 'api' | 'dnc' | 'contact-lists' | 'oauth';

/** Codes of the DNC operations: 1001 and 1006 are told by the reference, 1002 to 1004 are our reading of its list. */
export const DNC_CODES = { missing: 1001, name: 1002, invalid: 1003, notFound: 1004, internal: 1006 } as const;

const DNC_CODE_BY_STATUS: Readonly<Record<number, number>> = {
  400: DNC_CODES.invalid,
  404: DNC_CODES.notFound,
  500: DNC_CODES.internal,
};

const WORD_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'InvalidRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  500: 'InternalError',
};

/** An error in the shape that the operation documents; `general` where none is documented. */
export function errorAnswer(
  style: ErrorStyle,
  status: number,
  words: string,
  trackingId: string,
  dncCode?: number,
): Answer {
  switch (style) {
    case 'general':
      return json(status, { trackingId, errors: [{ key: String(status), message: words }] });
    case 'api':
      return json(status, { trackingId, error: { key: String(status), message: [{ description: words }] } });
    case 'dnc':
      return json(status, { code: dncCode ?? DNC_CODE_BY_STATUS[status] ?? status, message: words, trackingId });
    case 'contact-lists':
      return json(status, { code: WORD_BY_STATUS[status] ?? String(status), message: words });
    case 'oauth':
      return json(
        status,
        { error: status === 401 ? 'invalid_client' : 'invalid_request', error_description: words },
        NO_STORE,
      );
  }
}

/** RFC 6749, section 5.1. */
export const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' } as const;
