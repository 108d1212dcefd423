import type { Clock, EpochMs } from '../shared/clock.ts';
import { sha256 } from '../shared/digest.ts';
import { parseCredentials } from './credentials.ts';
import { NotSignedInError, TokenUnavailableError } from './errors.ts';
import type { AccessTokens, RotatableSecret, WebexCredentials } from './ports.ts';

export interface CachedAccessTokensOptions {
  /** How long a version of the secret is used without reading it again. */
  readonly cacheMs?: number;
  /** How long `replace` waits for the rotation. */
  readonly waitMaxMs?: number;
  readonly pollMs?: number;
  /** A token this close to its end is refreshed before it is used, at most a fifth of its whole life before. */
  readonly renewBeforeMs?: number;
  /** The least time between two rotations that this process asks for before a 401, and after one that brought nothing. */
  readonly restMs?: number;
}

const DEFAULTS = { cacheMs: 60_000, waitMaxMs: 8_000, pollMs: 250, renewBeforeMs: 60_000, restMs: 30_000 } as const;

/** Rotations that are asked for within this time, for the same version, are one rotation, whichever process asks. */
const SAME_REQUEST_MS = 300_000;

interface Cached {
  readonly versionId: string;
  readonly credentials: WebexCredentials;
  readonly readAtMs: EpochMs;
}

/** The access token out of the rotated secret: cached by version, replaced through the one rotation path. */
export class CachedAccessTokens implements AccessTokens {
  readonly #secret: RotatableSecret;
  readonly #clock: Clock;
  readonly #options: Required<CachedAccessTokensOptions>;
  #cached: Cached | undefined;
  #reading: Promise<Cached> | undefined;
  #replacing: { readonly rejected: string; readonly token: Promise<string> } | undefined;
  #earlyNotBeforeMs = Number.NEGATIVE_INFINITY;
  #inVain: { readonly rejected: string; readonly untilMs: EpochMs } | undefined;

  constructor(secret: RotatableSecret, clock: Clock, options: CachedAccessTokensOptions = {}) {
    this.#secret = secret;
    this.#clock = clock;
    this.#options = { ...DEFAULTS, ...options };
  }

  async current(): Promise<string> {
    const nowMs = this.#clock.nowMs();
    const cached = this.#cached;
    // A clock that was set back must not keep a version for ever.
    const isFresh = cached !== undefined && Math.abs(nowMs - cached.readAtMs) < this.#options.cacheMs;
    const { credentials } = isFresh ? cached : await this.#read();
    if (!this.#isNearEnd(credentials, nowMs) || nowMs < this.#earlyNotBeforeMs) return credentials.accessToken;
    this.#earlyNotBeforeMs = nowMs + this.#options.restMs;
    return this.#renewEarly(credentials.accessToken);
  }

  replace(rejectedToken: string): Promise<string> {
    if (this.#replacing?.rejected === rejectedToken) return this.#replacing.token;
    const token = this.#replace(rejectedToken).finally(() => {
      this.#replacing = undefined;
    });
    this.#replacing = { rejected: rejectedToken, token };
    return token;
  }

  /** Webex may still take the old token, and only its 401 is proof: a clock that runs ahead must not stop all calls. */
  async #renewEarly(token: string): Promise<string> {
    try {
      return await this.replace(token);
    } catch (error) {
      if (error instanceof TokenUnavailableError) return token;
      throw error;
    }
  }

  async #replace(rejected: string): Promise<string> {
    const before = await this.#read();
    if (before.credentials.accessToken !== rejected) return before.credentials.accessToken;
    const startedMs = this.#clock.nowMs();
    if (this.#inVain?.rejected === rejected && startedMs < this.#inVain.untilMs)
      throw this.#unavailable('The last rotation gave no new access token.');
    await this.#askForRotation(before.versionId);

    while (this.#clock.nowMs() - startedMs < this.#options.waitMaxMs) {
      await this.#clock.sleep(this.#options.pollMs);
      const { credentials } = await this.#read();
      if (credentials.accessToken !== rejected) return credentials.accessToken;
    }
    this.#inVain = { rejected, untilMs: this.#clock.nowMs() + this.#options.restMs };
    throw this.#unavailable('The rotation has not given a new access token yet.');
  }

  async #askForRotation(versionId: string): Promise<void> {
    const bucket = Math.floor(this.#clock.nowMs() / SAME_REQUEST_MS);
    try {
      await this.#secret.rotate(sha256(`${versionId} ${bucket}`));
    } catch (error) {
      throw this.#unavailable('The rotation of the Webex token could not be started.', error);
    }
  }

  #read(): Promise<Cached> {
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readNow(): Promise<Cached> {
    const readAtMs = this.#clock.nowMs();
    try {
      const { versionId, value } = await this.#secret.current();
      this.#cached = { versionId, credentials: parseCredentials(value), readAtMs };
      return this.#cached;
    } catch (error) {
      if (error instanceof NotSignedInError) throw this.#unavailable(error.message, error);
      throw this.#unavailable('The secret of the Webex organization could not be read.', error);
    }
  }

  #isNearEnd(credentials: WebexCredentials, nowMs: EpochMs): boolean {
    const lifeMs =
      credentials.issuedAtMs === undefined
        ? Number.POSITIVE_INFINITY
        : credentials.accessTokenExpiresAtMs - credentials.issuedAtMs;
    return credentials.accessTokenExpiresAtMs - nowMs < Math.min(this.#options.renewBeforeMs, lifeMs / 5);
  }

  #unavailable(message: string, cause?: unknown): TokenUnavailableError {
    return new TokenUnavailableError(message, this.#options.restMs, cause === undefined ? undefined : { cause });
  }
}
