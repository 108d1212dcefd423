import type { CallbackAccepted } from '../../events/callback-accepted/schema.ts';
import type { CallbackStatus } from '../../events/callback-status/schema.ts';
import type { Challenge } from '../../events/challenge/schema.ts';
import type { Lines } from '../../events/lines/schema.ts';
import type { Problem } from '../../events/problem/schema.ts';
import type { RequestCallback } from '../../events/request-callback/schema.ts';
import type { Slots } from '../../events/slots/schema.ts';
import type { Wait } from '../../events/wait/schema.ts';

/** Longer than API Gateway lets a function answer. */
const timeoutMs = 35_000;

export type Answer<T> =
  | { readonly outcome: 'answered'; readonly value: T }
  | { readonly outcome: 'problem'; readonly problem: Pick<Problem, 'status' | 'code' | 'errors'> }
  /** No answer came, so it is not known whether the request was taken. */
  | { readonly outcome: 'unreachable' };

/** The public API, as a browser sees it. */
export class RingbackApi {
  readonly #base: string;

  /** @param base address of the API without a slash at its end */
  constructor(base: string) {
    this.#base = base.replace(/\/+$/, '');
  }

  lines(): Promise<Answer<Lines>> {
    return this.#send('GET', '/v1/lines');
  }

  slots(line: string, timeZone: string): Promise<Answer<Slots>> {
    return this.#send('GET', `/v1/lines/${encodeURIComponent(line)}/slots?timeZone=${encodeURIComponent(timeZone)}`);
  }

  wait(line: string): Promise<Answer<Wait>> {
    return this.#send('GET', `/v1/lines/${encodeURIComponent(line)}/wait`);
  }

  challenge(): Promise<Answer<Challenge>> {
    return this.#send('GET', '/v1/challenge');
  }

  /** @param idempotencyKey the same for every try of the same request */
  request(body: RequestCallback, idempotencyKey: string): Promise<Answer<CallbackAccepted>> {
    return this.#send('POST', '/v1/callbacks', {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
    });
  }

  cancel(id: string, manageToken: string): Promise<Answer<Pick<CallbackStatus, 'pending'>>> {
    return this.#send('DELETE', `/v1/callbacks/${encodeURIComponent(id)}?token=${encodeURIComponent(manageToken)}`);
  }

  async #send<T>(
    method: string,
    path: string,
    more: { readonly body?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Answer<T>> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.#base + path, {
        method,
        ...more,
        // The page's address is kept with the consent as its evidence, also across origins.
        referrerPolicy: 'no-referrer-when-downgrade',
        signal: AbortSignal.timeout(timeoutMs),
      });
      text = await response.text();
    } catch (error) {
      if (error instanceof DOMException || error instanceof TypeError) return { outcome: 'unreachable' };
      throw error;
    }
    const value = parse(text);
    if (response.ok) return { outcome: 'answered', value: value as T };
    return { outcome: 'problem', problem: { ...(value as Problem), status: response.status } };
  }
}

/** A gateway on the way may answer in HTML; then only the status speaks. */
function parse(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
