import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Lane } from '../../budget/ports.ts';
import type { TaskGateway } from '../../calls/task-gateway.ts';
import type { Settings } from '../../settings/schema.ts';
import type { Clock } from '../../shared/clock.ts';
import { CachedAccessTokens } from '../../tokens/access-tokens.ts';
import { SecretsManagerRotatableSecret } from '../secrets/rotatable-secret.ts';
import { createWebexClient } from '../webex/client.ts';
import { WebexTaskGateway } from '../webex/task-gateway.ts';
import type { Observability } from './observability.ts';
import { createWebexObserver } from './webex-observer.ts';

export interface WebexTasksOptions {
  readonly env: {
    readonly WEBEX_API_URL: string;
    readonly WEBEX_ORGANIZATION_ID: string;
    readonly WEBEX_SECRET_ARN: string;
  };
  readonly settings: Pick<Settings, 'webex'>;
  readonly observability: Observability;
  readonly clock: Clock;
  readonly lane: Lane;
}

/** Webex's tasks for one function: its client, its cached token, its log. */
export function createWebexTasks({ env, settings, observability, clock, lane }: WebexTasksOptions): TaskGateway {
  const tokens = new CachedAccessTokens(
    new SecretsManagerRotatableSecret(new SecretsManagerClient({}), env.WEBEX_SECRET_ARN),
    clock,
  );
  const client = createWebexClient({
    baseUrl: env.WEBEX_API_URL,
    orgId: env.WEBEX_ORGANIZATION_ID,
    tokens,
    clock,
    lane,
    observer: createWebexObserver(observability),
  });
  return new WebexTaskGateway(client, settings.webex.attemptVariable);
}
