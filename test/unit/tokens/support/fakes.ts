import type { SignInSecret } from '../../../../src/sign-in/ports.ts';
import type { Clock } from '../../../../src/shared/clock.ts';
import { RefreshTokenDeadError } from '../../../../src/tokens/errors.ts';
import type {
  RotatableSecret,
  SecretVersion,
  SecretVersions,
  TokenEndpoint,
  TokenGrant,
  WebexCredentials,
} from '../../../../src/tokens/ports.ts';
import { type RotateTokenDeps, rotateToken } from '../../../../src/tokens/rotate-token.ts';

/** A clock that moves only by sleeping and by hand. */
export class ManualClock implements Clock {
  #nowMs: number;
  #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  constructor(nowMs = Date.UTC(2026, 10, 20, 12)) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(durationMs: number): Promise<void> {
    return new Promise((wake) => this.#sleepers.push({ atMs: this.#nowMs + durationMs, wake }));
  }

  /** Lets everything that is due until then happen, in order. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    for (;;) {
      await settle();
      const next = this.#sleepers.toSorted((a, b) => a.atMs - b.atMs).find((sleeper) => sleeper.atMs <= untilMs);
      if (!next) break;
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
    }
    this.#nowMs = untilMs;
    await settle();
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const credentials = (
  over: Partial<WebexCredentials> = {},
  nowMs = Date.UTC(2026, 10, 20, 12),
): WebexCredentials => ({
  clientId: 'client',
  clientSecret: 'client-secret',
  accessToken: 'access-1',
  accessTokenExpiresAtMs: nowMs + 43_200_000,
  refreshToken: 'refresh-1',
  refreshTokenExpiresAtMs: nowMs + 60 * 86_400_000,
  ...over,
});

/** Secrets Manager's versions and stages in memory; rotates by calling `onRotate` for a new request id. */
export class FakeSecret implements SecretVersions, RotatableSecret, SignInSecret {
  readonly values = new Map<string, string>();
  readonly staged = new Map<string, string[]>();
  readonly rotations: string[] = [];
  reads = 0;
  /** How often a rotation was asked for, started or not. */
  asked = 0;
  /** Thrown by the next write. */
  failWrite: Error | undefined;
  failRead: Error | undefined;
  onRotate: (requestId: string) => void = () => undefined;

  constructor(value: string = JSON.stringify(credentials())) {
    this.signIn('v1', value);
  }

  /** Puts a version under AWSCURRENT as a sign-in does. */
  signIn(versionId: string, value: string): void {
    this.#move('AWSCURRENT', versionId);
    this.values.set(versionId, value);
  }

  stagePending(versionId: string): void {
    this.#move('AWSPENDING', versionId);
  }

  async current(): Promise<SecretVersion> {
    this.reads += 1;
    if (this.failRead) throw this.failRead;
    const versionId = this.#versionAt('AWSCURRENT');
    return { versionId, value: this.values.get(versionId) ?? '' };
  }

  currentCredentials(): WebexCredentials {
    return JSON.parse(this.values.get(this.#versionAt('AWSCURRENT')) ?? '') as WebexCredentials;
  }

  async rotate(requestId: string): Promise<'started' | 'running'> {
    this.asked += 1;
    const isUnderWay = [...this.staged.values()].some(
      (stages) => stages.includes('AWSPENDING') && !stages.includes('AWSCURRENT'),
    );
    if (isUnderWay || this.staged.has(requestId)) return 'running';
    this.stagePending(requestId);
    this.rotations.push(requestId);
    this.onRotate(requestId);
    return 'started';
  }

  async putCurrent(value: string): Promise<void> {
    this.#failWriting();
    this.signIn(`signed-in-${this.values.size}`, value);
  }

  async stages(): Promise<ReadonlyMap<string, readonly string[]>> {
    return new Map([...this.staged].map(([id, stages]) => [id, [...stages]]));
  }

  async pending(versionId: string): Promise<SecretVersion | undefined> {
    const value = this.values.get(versionId);
    return value === undefined || !this.staged.get(versionId)?.includes('AWSPENDING')
      ? undefined
      : { versionId, value };
  }

  async putPending(versionId: string, value: string): Promise<'written' | 'exists'> {
    this.#failWriting();
    const before = this.values.get(versionId);
    if (before !== undefined && before !== value) return 'exists';
    this.values.set(versionId, value);
    return 'written';
  }

  async makeCurrent(versionId: string, insteadOf: string): Promise<void> {
    if (this.#versionAt('AWSCURRENT') !== insteadOf) throw new Error(`${insteadOf} is not current`);
    this.#move('AWSCURRENT', versionId);
  }

  async dropPending(versionId: string): Promise<void> {
    this.staged.set(
      versionId,
      (this.staged.get(versionId) ?? []).filter((stage) => stage !== 'AWSPENDING'),
    );
  }

  #failWriting(): void {
    const failure = this.failWrite;
    this.failWrite = undefined;
    if (failure) throw failure;
  }

  #versionAt(stage: string): string {
    const found = [...this.staged].find(([, stages]) => stages.includes(stage));
    if (!found) throw new Error(`no version is ${stage}`);
    return found[0];
  }

  #move(stage: string, versionId: string): void {
    for (const [id, stages] of this.staged)
      this.staged.set(
        id,
        stages.filter((other) => other !== stage),
      );
    this.staged.set(versionId, [...(this.staged.get(versionId) ?? []), stage]);
  }
}

/** Webex's token endpoint: numbered tokens; a rotating one takes each refresh token once. */
export class FakeEndpoint implements TokenEndpoint {
  readonly asked: string[] = [];
  readonly #valid = new Set(['refresh-1']);
  readonly #rotating: boolean;
  /** Awaited before the answer, after the token was spent. */
  delay: () => Promise<void> = async () => undefined;
  dead = false;
  expiresInSeconds = 43_200;

  constructor(rotating = true) {
    this.#rotating = rotating;
  }

  async refresh({ refreshToken }: { refreshToken: string }): Promise<TokenGrant> {
    this.asked.push(refreshToken);
    if (this.dead || !this.#valid.has(refreshToken)) throw new RefreshTokenDeadError('invalid_grant');
    const number = this.asked.length + 1;
    if (this.#rotating) {
      this.#valid.delete(refreshToken);
      this.#valid.add(`refresh-${number}`);
    }
    await this.delay();
    const grant = { accessToken: `access-${number}`, expiresInSeconds: this.expiresInSeconds };
    return this.#rotating
      ? { ...grant, refreshToken: `refresh-${number}`, refreshTokenExpiresInSeconds: 5_184_000 }
      : grant;
  }
}

export interface Setup {
  readonly deps: RotateTokenDeps;
  readonly secret: FakeSecret;
  readonly endpoint: FakeEndpoint;
  readonly clock: ManualClock;
  readonly tested: string[];
}

export function setUp(over: Partial<{ secret: FakeSecret; endpoint: FakeEndpoint; clock: ManualClock }> = {}): Setup {
  const { secret = new FakeSecret(), endpoint = new FakeEndpoint(), clock = new ManualClock() } = over;
  const tested: string[] = [];
  const tester = {
    test: async (token: string) => {
      tested.push(token);
      return 'taken' as const;
    },
  };
  return { deps: { secret, endpoint, tester, clock, unsaved: new Map() }, secret, endpoint, clock, tested };
}

/** Runs the four steps as Secrets Manager does. */
export async function runRotation(deps: RotateTokenDeps, versionId: string): Promise<void> {
  for (const step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const)
    await rotateToken(deps, step, versionId);
}
