import { DynamoOneTimeStore } from '../../src/adapters/dynamodb/one-time-store.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { createFunctionBudget } from '../../src/adapters/lambda/webex-client.ts';
import { createWebexObserver } from '../../src/adapters/lambda/webex-observer.ts';
import { WebexServiceAppTokens } from '../../src/adapters/oauth/service-app-tokens.ts';
import { WebexAuthorizationServer } from '../../src/adapters/oauth/webex-authorization.ts';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createSecretsManagerClient } from '../../src/adapters/secrets/client.ts';
import { SecretsManagerVersions } from '../../src/adapters/secrets/secret-versions.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { WebexTokenTester } from '../../src/adapters/webex/token-tester.ts';
import { createHttpTransport } from '../../src/adapters/webex/transport.ts';
import { tokenMetricsService } from '../../src/tokens/metrics.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const observability = createObservability('authorize-webex', tokenMetricsService);
const clock = createSystemClock(env.CLOCK_OFFSET_MS);
const transport = createHttpTransport();
const dynamo = new DynamoDBClient();
const { authorizeUrl, applicationsUrl, serviceApp } = settings.webex;

export const handler = createHandler({
  ...observability,
  store: new DynamoOneTimeStore(dynamo, env.COUNTERS_TABLE),
  server: new WebexAuthorizationServer({ authorizeUrl, tokenUrl: env.WEBEX_TOKEN_URL }),
  serviceApp: new WebexServiceAppTokens({
    applicationsUrl,
    applicationId: serviceApp?.id ?? '',
    targetOrganizationId: serviceApp?.targetOrganizationId ?? settings.organization.id,
    transport,
  }),
  secret: new SecretsManagerVersions(createSecretsManagerClient(), env.WEBEX_SECRET_ARN),
  tester: new WebexTokenTester({
    baseUrl: env.WEBEX_API_URL,
    orgId: env.WEBEX_ORGANIZATION_ID,
    observer: createWebexObserver(observability),
    clock,
    transport,
    // A browser waits for the page, and API Gateway for at most 30 s.
    timeoutMs: 5_000,
    resilience: { retriesMax: 1 },
    ...createFunctionBudget({ env, settings, dynamo, observability, clock }),
  }),
  clock,
  settings,
});
