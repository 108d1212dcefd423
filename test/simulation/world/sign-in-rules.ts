import { parseCredentials } from '../../../src/tokens/credentials.ts';
import type { SecretVersion } from '../../../src/tokens/ports.ts';
import type { Worker } from '../engine/worker.ts';
import type { SecretWatcher } from '../model/secret.ts';
import type { Grant, TokenWatcher } from '../model/webex-tokens.ts';
import type { Violations } from './violations.ts';

/**
 * No sign-in is lost that need not be. A refresh token is gone for good where the network or a worker's death took the
 * answer with it; whatever reached a worker that lives on must not be asked for a second time.
 */
export class SignInRules implements SecretWatcher, TokenWatcher {
  readonly #violations: Violations;

  constructor(violations: Violations) {
    this.#violations = violations;
  }

  usedUpAgain(asking: Worker, { holder, refreshToken }: Grant): void {
    if (holder !== asking || asking.isGone) return;
    this.#violations.add('tokenLost', '', `a worker used up ${refreshToken}'s predecessor twice: it had been answered`);
  }

  /** A rotation may only replace the version that it has renewed. */
  becameCurrent(before: SecretVersion, now: SecretVersion, by: 'rotation' | 'sign-in'): void {
    const { refreshedFrom } = parseCredentials(now.value);
    if (by === 'rotation' && refreshedFrom !== before.versionId) {
      this.#violations.add('tokenLost', '', `${before.versionId} was replaced by a renewal of ${refreshedFrom}`);
    }
  }

  hasNoToken(): void {
    this.#violations.add('tokenLost', '', 'hours after the last fault there is no token that Webex takes');
  }
}
