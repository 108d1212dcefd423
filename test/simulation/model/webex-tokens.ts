import type { TokenGrant } from '../../../src/tokens/ports.ts';
import type { Engine } from '../engine/engine.ts';
import type { Worker } from '../engine/worker.ts';

/** Documents differ on all of these, so each simulated organization has its own. */
export interface TokenRules {
  readonly accessLifeMs: number;
  readonly refreshLifeMs: number;
  /** Whether a refresh gives a new refresh token and uses the old one up. */
  readonly rotatesRefreshToken: boolean;
  /** Whether a refresh ends the access token that was given before. */
  readonly endsOldAccess: boolean;
}

/** One answer of the token endpoint, and whether it reached somebody. */
export interface Grant {
  readonly grant: TokenGrant;
  readonly refreshToken: string;
  holder: Worker | undefined;
}

export interface TokenWatcher {
  /** A refresh token came again that an earlier grant had used up. */
  usedUpAgain(asking: Worker, usedUpBy: Grant): void;
}

interface RefreshToken {
  readonly endsAtMs: number;
  readonly accessToken: string;
  usedUpBy?: Grant;
}

/** Webex's OAuth server: access tokens that end or are revoked, refresh tokens that may be good once. */
export class WebexTokens {
  readonly #accessEndsAtMs = new Map<string, number>();
  readonly #refresh = new Map<string, RefreshToken>();
  readonly #engine: Engine;
  readonly #rules: TokenRules;
  readonly #organizationId: string;
  readonly #watcher: TokenWatcher;
  #given = 0;

  constructor(engine: Engine, rules: TokenRules, organizationId: string, watcher: TokenWatcher) {
    this.#engine = engine;
    this.#rules = rules;
    this.#organizationId = organizationId;
    this.#watcher = watcher;
  }

  takes(accessToken: string): boolean {
    return (this.#accessEndsAtMs.get(accessToken) ?? 0) > this.#engine.nowMs;
  }

  /** Whether a refresh with it would be granted. */
  takesRefresh(refreshToken: string): boolean {
    const known = this.#refresh.get(refreshToken);
    return known !== undefined && known.usedUpBy === undefined && known.endsAtMs > this.#engine.nowMs;
  }

  /** Sets the end of an access token that was given before the history began. */
  endAt(accessToken: string, atMs: number): void {
    this.#accessEndsAtMs.set(accessToken, atMs);
  }

  /** The tokens of a new sign-in. */
  signIn(): TokenGrant {
    return this.#give(this.#newRefreshToken());
  }

  /** A password was changed, or an administrator pressed the button: every access token ends. */
  revokeAccess(): void {
    this.#accessEndsAtMs.clear();
  }

  /** The authorization was withdrawn: only a new sign-in helps. */
  revokeAll(): void {
    this.#accessEndsAtMs.clear();
    this.#refresh.clear();
  }

  /** @returns undefined for `invalid_grant`. */
  refresh(refreshToken: string, asking: Worker, isRepeatOfNetwork: boolean): Grant | undefined {
    const known = this.#refresh.get(refreshToken);
    if (known?.usedUpBy) {
      if (!isRepeatOfNetwork) this.#watcher.usedUpAgain(asking, known.usedUpBy);
      return undefined;
    }
    if (!known || known.endsAtMs <= this.#engine.nowMs) return undefined;
    const { rotatesRefreshToken, endsOldAccess } = this.#rules;
    if (endsOldAccess) this.#accessEndsAtMs.delete(known.accessToken);
    const next = rotatesRefreshToken ? this.#newRefreshToken() : refreshToken;
    const given: Grant = { grant: this.#give(next, known.endsAtMs), refreshToken: next, holder: undefined };
    if (rotatesRefreshToken) known.usedUpBy = given;
    return given;
  }

  #give(refreshToken: string, endsAtMs = this.#engine.nowMs + this.#rules.refreshLifeMs): TokenGrant {
    this.#given += 1;
    const accessToken = `access${this.#given}_sim_${this.#organizationId}`;
    const lifeMs = this.#rules.accessLifeMs;
    this.#accessEndsAtMs.set(accessToken, this.#engine.nowMs + lifeMs);
    const refreshEndsAtMs = this.#rules.rotatesRefreshToken ? this.#engine.nowMs + this.#rules.refreshLifeMs : endsAtMs;
    this.#refresh.set(refreshToken, { endsAtMs: refreshEndsAtMs, accessToken });
    return {
      accessToken,
      expiresInSeconds: lifeMs / 1_000,
      refreshToken,
      refreshTokenExpiresInSeconds: Math.floor((refreshEndsAtMs - this.#engine.nowMs) / 1_000),
    };
  }

  #newRefreshToken(): string {
    return `refresh${this.#given + 1}`;
  }
}
