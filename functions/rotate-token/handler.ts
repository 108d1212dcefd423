import { MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import * as z from 'zod/mini';
import { RotateSecretSchema } from '../../events/rotate-secret/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import {
  NotSignedInError,
  RefreshTokenDeadError,
  RotationStepError,
  RotationSupersededError,
} from '../../src/tokens/errors.ts';
import { type RotateTokenDeps, type RotationReport, rotateToken } from '../../src/tokens/rotate-token.ts';

const DAY_MS = 86_400_000;

export interface HandlerDeps extends RotateTokenDeps, Observability {
  readonly secretArn: string;
}

/** A step that fails is thrown: Secrets Manager then counts the rotation as failed and tries it again. */
export const createHandler = (deps: HandlerDeps) =>
  middy<unknown, void>().handler(async (event: unknown): Promise<void> => {
    try {
      const { step, versionId } = readStep(event, deps.secretArn);
      report(deps, await rotateToken(deps, step, versionId));
    } catch (error) {
      reportFailure(deps, error);
      throw error;
    } finally {
      deps.metrics.publishStoredMetrics();
    }
  });

function readStep(event: unknown, secretArn: string): { step: RotationReport['step']; versionId: string } {
  const parsed = z.safeParse(RotateSecretSchema, event);
  if (!parsed.success)
    throw new RotationStepError(
      `The event is not a rotation step: ${parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')}.`,
    );
  const { Step, SecretId, ClientRequestToken } = parsed.data;
  if (SecretId !== secretArn)
    throw new RotationStepError('The event names another secret than the one this function rotates.');
  return { step: Step, versionId: ClientRequestToken };
}

function report(
  { logger, metrics, clock }: HandlerDeps,
  { step, refreshed, refreshTokenExpiresAtMs }: RotationReport,
): void {
  logger.info(logCodes.tokenRotated, { step, refreshed });
  if (step === 'finishSecret') {
    // The alarms ring until a rotation has succeeded.
    metrics.addMetric('TokenRotationFailed', MetricUnit.Count, 0);
    metrics.addMetric('RefreshTokenDead', MetricUnit.Count, 0);
  }
  if (refreshTokenExpiresAtMs === undefined) return;
  const daysLeft = Math.max(0, Math.floor((refreshTokenExpiresAtMs - clock.nowMs()) / DAY_MS));
  metrics.addMetric('RefreshTokenDaysLeft', MetricUnit.NoUnit, daysLeft);
}

function reportFailure({ logger, metrics }: HandlerDeps, error: unknown): void {
  logger.error(logCodes.rotationFailed, { error: error instanceof Error ? error : undefined });
  // A sign-in that came in between is no failure; where nobody is signed in, nothing can be renewed.
  if (error instanceof RotationSupersededError) return;
  if (error instanceof RefreshTokenDeadError || error instanceof NotSignedInError) {
    metrics.addMetric('RefreshTokenDead', MetricUnit.Count, 1);
  } else {
    metrics.addMetric('TokenRotationFailed', MetricUnit.Count, 1);
  }
}
