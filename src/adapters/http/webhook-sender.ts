import type { PostAnswer, WebhookSender } from '../../destinations/ports.ts';

/** Posts with Node's `fetch`. What the other side answers beside its status is not read, and its redirects are not followed. */
export class FetchWebhookSender implements WebhookSender {
  async post({ url, headers, body, timeoutMs }: Parameters<WebhookSender['post']>[0]): Promise<PostAnswer> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body?.cancel();
      const retryAfter = response.headers.get('retry-after');
      return { outcome: 'answered', status: response.status, ...(retryAfter !== null && { retryAfter }) };
    } catch (error) {
      return { outcome: 'unreachable', because: reasonOf(error) };
    }
  }
}

/** `fetch` tells what went wrong on the way by the code of its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  if (error.name === 'TimeoutError') return 'did not answer in time';
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return error.message;
}
