import type { Clock } from '../../shared/clock.ts';
import { PendingTokenRefusedError, TokenUnavailableError } from '../../tokens/errors.ts';
import type { TokenTester } from '../../tokens/ports.ts';
import { createWebexClient, type WebexClientOptions } from './client.ts';
import { listTasks } from './tasks.ts';
import { WebexError } from './webex-error.ts';

export interface WebexTokenTesterOptions
  extends Pick<
    WebexClientOptions,
    'baseUrl' | 'orgId' | 'observer' | 'transport' | 'resilience' | 'timeoutMs' | 'budget' | 'budgetWaitsMs'
  > {
  readonly clock: Clock;
}

/**
 * Asks for one task of the last minute with the new token. Any definite answer but 401 proves that Webex knows the token;
 * a scope that is missing (403) is not the token's fault. An answer for another organization is refused.
 */
export class WebexTokenTester implements TokenTester {
  readonly #options: WebexTokenTesterOptions;

  constructor(options: WebexTokenTesterOptions) {
    this.#options = options;
  }

  async test(accessToken: string): Promise<'taken' | 'forbidden'> {
    const tokens = {
      current: async () => accessToken,
      replace: async () => {
        throw new TokenUnavailableError('The token under test was refused.', 0);
      },
    };
    const client = createWebexClient({ ...this.#options, tokens, lane: 'reconcile' });
    let orgId: string;
    try {
      ({ orgId } = await listTasks(client, { fromMs: this.#options.clock.nowMs() - 60_000, pageSize: 1 }));
    } catch (error) {
      if (!(error instanceof WebexError)) throw error;
      if (error.code === 'rejected' && error.status === 403) return 'forbidden';
      if (error.code === 'rejected' || error.code === 'throttled') return 'taken';
      if (error.code === 'no-token')
        throw new PendingTokenRefusedError('Webex answered 401 to the new token.', {
          cause: error,
          isUnknownToWebex: true,
        });
      throw error;
    }
    if (orgId !== this.#options.orgId) {
      throw new PendingTokenRefusedError(
        `The new token belongs to organization ${orgId}, not to ${this.#options.orgId} of the settings.`,
      );
    }
    return 'taken';
  }
}
