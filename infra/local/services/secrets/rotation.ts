import { randomUUID } from 'node:crypto';
import type { Clock, EpochMs } from '../../../../src/shared/clock.ts';
import { nextRunMs, parseScheduleExpression } from '../../../../src/shared/schedule/expression.ts';
import { AwsError } from '../shared/aws-error.ts';
import { type DueLoop, startDueLoop } from '../shared/due-loop.ts';
import type { Rotation, RotationRules, Secret, SecretStore } from './store.ts';

export interface RotationEvent {
  readonly Step: 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';
  readonly SecretId: string;
  readonly ClientRequestToken: string;
}

/** Calls the rotation function and rejects when the function fails. */
export type InvokeRotation = (functionArn: string, event: RotationEvent) => Promise<void>;

const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

const DAY_MS = 86_400_000;
/** AWS does not say how often it tries a failed rotation again by itself; a RotateSecret tries it again at once. */
const ATTEMPTS_MAX = 5;
const RETRY_BASE_MS = 60_000;

/** AWS: the shortest interval between rotations is four hours. */
const RATE_MS_MIN = 4 * 3_600_000;

/**
 * Refuses rotation rules that AWS would not take.
 *
 * @throws AwsError InvalidParameterException, and ScheduleExpressionError for the expression itself.
 */
export const checkRules = (rules: RotationRules): void => {
  if ((rules.AutomaticallyAfterDays === undefined) === (rules.ScheduleExpression === undefined)) {
    throw new AwsError(
      'InvalidParameterException',
      'RotationRules needs exactly one of AutomaticallyAfterDays and ScheduleExpression.',
    );
  }
  if (rules.ScheduleExpression !== undefined) {
    const schedule = parseScheduleExpression(rules.ScheduleExpression);
    if (schedule.kind === 'at' || (schedule.kind === 'rate' && schedule.periodMs < RATE_MS_MIN)) {
      throw new AwsError(
        'InvalidParameterException',
        `RotationRules.ScheduleExpression is ${rules.ScheduleExpression}; it must be a cron(...), or a rate(...) of at least 4 hours.`,
      );
    }
  }
};

/** When a secret that was last rotated (or first configured) at `fromMs` is due again. */
export const nextRotationMs = (rules: RotationRules | undefined, fromMs: EpochMs): EpochMs | undefined => {
  if (rules?.AutomaticallyAfterDays !== undefined) {
    return fromMs + rules.AutomaticallyAfterDays * DAY_MS;
  }
  return rules?.ScheduleExpression === undefined
    ? undefined
    : nextRunMs(parseScheduleExpression(rules.ScheduleExpression), {
        timeZone: 'UTC',
        afterMs: fromMs,
        anchorMs: fromMs,
      });
};

export interface RotatorOptions {
  readonly store: SecretStore;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly invokeRotation: InvokeRotation;
  /** Told of every rotation that failed and of every one that was done. */
  readonly onOutcome: (outcome: RotationOutcome) => void;
}

export type RotationOutcome =
  | { readonly outcome: 'rotated'; readonly arn: string; readonly versionId: string }
  | { readonly outcome: 'failed'; readonly arn: string; readonly versionId: string; readonly reason: string };

/** Whether a version waits under AWSPENDING that is not the current one: a rotation that is not finished. */
export const pendingVersion = (store: SecretStore, arn: string): string | undefined => {
  const pending = store.versionByStage(arn, 'AWSPENDING');
  return pending === undefined || pending.stages.includes('AWSCURRENT') ? undefined : pending.versionId;
};

/** Drives the four steps of each rotation, one rotation a secret at a time, and starts those that the schedule asks for. */
export class Rotator {
  readonly #options: RotatorOptions;
  readonly #running = new Map<string, Promise<void>>();
  readonly #loop: DueLoop;
  #closed = false;

  constructor(options: RotatorOptions) {
    this.#options = options;
    this.#loop = startDueLoop({
      nowMs: () => options.clock.nowMs(),
      nextDueMs: () => this.#nextDueMs(),
      runDue: async () => this.#startDue(),
    });
  }

  isRunning(arn: string): boolean {
    return this.#running.has(arn);
  }

  /** Notes a new rotation under `token` and starts it; the version stands under AWSPENDING before the first step, as on AWS. */
  start(secret: Secret, token: string): void {
    const { store, clock } = this.#options;
    store.transaction(() => {
      if (store.version(secret.arn, token) === undefined) {
        store.putVersion(secret.arn, token, undefined, clock.nowMs());
      }
      store.moveStage(secret.arn, 'AWSPENDING', token);
      store.saveRotation({ arn: secret.arn, token, attempts: 0, nextAttemptMs: clock.nowMs(), failure: undefined });
    });
    this.#launch(secret.arn);
  }

  /** Starts a failed rotation again, under the token that it had. */
  retry(secret: Secret, token: string): void {
    this.#options.store.saveRotation({
      arn: secret.arn,
      token,
      attempts: 0,
      nextAttemptMs: this.#options.clock.nowMs(),
      failure: undefined,
    });
    this.#launch(secret.arn);
  }

  /** Looks at once for rotations that are due. */
  async wake(): Promise<void> {
    await this.#loop.wake();
  }

  /** Resolves when no rotation is under way. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) {
      await Promise.all(this.#running.values());
    }
  }

  /** Starts nothing more; a rotation that is under way is left as it stands, and goes on at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#loop.stop();
  }

  #nextDueMs(): EpochMs | undefined {
    const { store } = this.#options;
    const retries = store
      .rotations()
      .filter(({ arn }) => !this.#running.has(arn))
      .flatMap(({ nextAttemptMs }) => (nextAttemptMs === undefined ? [] : [nextAttemptMs]));
    const dues = [...retries, ...store.scheduledRotations().map(({ dueMs }) => dueMs)];
    return dues.length === 0 ? undefined : Math.min(...dues);
  }

  #startDue(): void {
    const { store, clock } = this.#options;
    const nowMs = clock.nowMs();
    for (const { arn, nextAttemptMs } of store.rotations()) {
      if (nextAttemptMs !== undefined && nextAttemptMs <= nowMs && !this.#running.has(arn)) {
        this.#launch(arn);
      }
    }
    for (const { arn, dueMs } of store.scheduledRotations()) {
      const secret = store.find(arn);
      if (secret !== undefined && dueMs <= nowMs && !this.#running.has(arn)) {
        const unfinished = pendingVersion(store, arn);
        if (unfinished === undefined) {
          this.start(secret, randomUUID());
        } else {
          this.retry(secret, unfinished);
        }
      }
    }
  }

  #launch(arn: string): void {
    const run = this.#run(arn).finally(() => {
      this.#running.delete(arn);
      if (!this.#closed) {
        void this.#loop.wake();
      }
    });
    this.#running.set(arn, run);
  }

  async #run(arn: string): Promise<void> {
    const { store, onOutcome } = this.#options;
    const secret = store.find(arn);
    const rotation = store.rotation(arn);
    if (secret?.rotationFunction === undefined || rotation === undefined) {
      return;
    }
    const failed = await this.#runSteps(secret, secret.rotationFunction, rotation);
    if (this.#closed) {
      return;
    }
    const failure =
      failed ??
      (pendingVersion(store, arn) === undefined
        ? undefined
        : 'finishSecret: the function did not move AWSCURRENT to the new version.');
    if (store.rotation(arn)?.token !== rotation.token) {
      return; // Cancelled meanwhile.
    }
    if (failure === undefined) {
      this.#finish(secret, rotation);
      onOutcome({ outcome: 'rotated', arn, versionId: rotation.token });
    } else {
      this.#fail(secret, rotation, failure);
      onOutcome({ outcome: 'failed', arn, versionId: rotation.token, reason: failure });
    }
  }

  /** Calls the function for each step; answers which step failed and why. */
  async #runSteps(secret: Secret, functionArn: string, rotation: Rotation): Promise<string | undefined> {
    for (const step of STEPS) {
      if (this.#closed) {
        return undefined;
      }
      try {
        await this.#options.invokeRotation(functionArn, {
          Step: step,
          SecretId: secret.arn,
          ClientRequestToken: rotation.token,
        });
      } catch (error) {
        return `${step}: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
    return undefined;
  }

  #finish(secret: Secret, { arn }: Rotation): void {
    const rotatedMs = this.#options.clock.nowMs();
    this.#options.store.finishRotation(arn, rotatedMs, nextRotationMs(secret.rotationRules, rotatedMs));
  }

  #fail(secret: Secret, rotation: Rotation, failure: string): void {
    const { store, clock } = this.#options;
    const attempts = rotation.attempts + 1;
    const nowMs = clock.nowMs();
    if (attempts >= ATTEMPTS_MAX) {
      store.saveRotation({
        ...rotation,
        attempts,
        nextAttemptMs: nextRotationMs(secret.rotationRules, nowMs),
        failure,
      });
      return;
    }
    store.saveRotation({ ...rotation, attempts, nextAttemptMs: nowMs + RETRY_BASE_MS * 2 ** (attempts - 1), failure });
  }
}
