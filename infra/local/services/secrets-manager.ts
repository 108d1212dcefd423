import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../../src/shared/clock.ts';
import { type LocalServer, operationOf, startServer } from './shared/server.ts';
import { runSecretOperation } from './secrets/operations.ts';
import { checkRules, type InvokeRotation, nextRotationMs, type RotationOutcome, Rotator } from './secrets/rotation.ts';
import { type RotationRules, type SecretValue, SecretStore } from './secrets/store.ts';

export type { InvokeRotation, RotationEvent, RotationOutcome } from './secrets/rotation.ts';
export type { RotationRules, SecretValue } from './secrets/store.ts';

export interface SecretsManagerOptions {
  /** The state is in `secrets-manager.db` in this folder. */
  readonly dataDir: string;
  readonly region: string;
  readonly accountId: string;
  readonly invokeRotation: InvokeRotation;
  /** @default the clock of the machine */
  readonly clock?: Pick<Clock, 'nowMs'>;
  /** Told of every rotation that was done or failed. */
  readonly onRotation?: (outcome: RotationOutcome) => void;
}

/** A secret of the template. */
export interface SecretDeclaration {
  readonly name: string;
  /** The ARN that the template's references resolved to, with its six last characters. */
  readonly arn: string;
  readonly description?: string;
  /** Used only when the secret does not exist yet. */
  readonly initialValue?: SecretValue;
}

/** A rotation schedule of the template. */
export interface RotationDeclaration {
  readonly secretId: string;
  readonly functionArn: string;
  readonly rules: RotationRules;
}

export interface SecretsManager extends LocalServer {
  /** Creates a secret of the template unless it is there already; answers whether it was created. */
  ensureSecret(secret: SecretDeclaration): boolean;
  /** Takes over function and rules of the template; nothing is rotated before its time. */
  ensureRotation(rotation: RotationDeclaration): void;
  /** The whole ARN of a secret by name, ARN or partial ARN, for the gate. */
  arnOf(secretId: string): string | undefined;
  /** Looks at once for rotations that are due, for a clock that is not the machine's. */
  wake(): Promise<void>;
  /** Resolves when no rotation is under way. */
  settled(): Promise<void>;
}

const MACHINE_CLOCK: Pick<Clock, 'nowMs'> = { nowMs: () => Date.now() };

/**
 * Starts a stand-in for Secrets Manager on an ephemeral loopback port. Rotations run by the schedule; one that was missed
 * while the host was down, or cut off by a crash, runs at the next start.
 */
export const startSecretsManager = async (options: SecretsManagerOptions): Promise<SecretsManager> => {
  const clock = options.clock ?? MACHINE_CLOCK;
  const store = new SecretStore(join(options.dataDir, 'secrets-manager.db'), options.region, options.accountId);
  const rotator = new Rotator({
    store,
    clock,
    invokeRotation: options.invokeRotation,
    onOutcome: options.onRotation ?? (() => undefined),
  });
  const server = await startServer('aws-json', (request) =>
    runSecretOperation({ store, rotator, clock }, operationOf(request), request.body),
  );
  return {
    url: server.url,
    ensureSecret: ({ name, arn, description, initialValue }) => {
      const existing = store.find(name);
      if (existing !== undefined) {
        store.moveTo(existing.arn, arn);
        return false;
      }
      store.transaction(() => {
        store.create({ name, arn, description, nowMs: clock.nowMs() });
        if (initialValue !== undefined) {
          const versionId = randomUUID();
          store.putVersion(arn, versionId, initialValue, clock.nowMs());
          store.moveStage(arn, 'AWSCURRENT', versionId);
        }
      });
      return true;
    },
    ensureRotation: ({ secretId, functionArn, rules }) => {
      const secret = store.find(secretId);
      if (secret === undefined) {
        throw new RangeError(`There is no secret "${secretId}" to rotate.`);
      }
      checkRules(rules);
      const unchanged =
        secret.rotationEnabled &&
        secret.rotationFunction === functionArn &&
        JSON.stringify(secret.rotationRules) === JSON.stringify(rules);
      if (!unchanged) {
        const fromMs = secret.rotatedMs ?? clock.nowMs();
        store.configureRotation(secret.arn, { functionArn, rules, nextRotationMs: nextRotationMs(rules, fromMs) });
        void rotator.wake();
      }
    },
    arnOf: (secretId) => store.find(secretId)?.arn,
    wake: () => rotator.wake(),
    settled: () => rotator.settled(),
    close: async () => {
      await server.close();
      await rotator.close();
      store.close();
    },
  };
};
