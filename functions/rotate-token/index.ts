import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { createFunctionBudget } from '../../src/adapters/lambda/webex-client.ts';
import { createWebexObserver } from '../../src/adapters/lambda/webex-observer.ts';
import { createSecretsManagerClient } from '../../src/adapters/secrets/client.ts';
import { SecretsManagerVersions } from '../../src/adapters/secrets/secret-versions.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { WebexTokenEndpoint } from '../../src/adapters/webex/token-endpoint.ts';
import { WebexTokenTester } from '../../src/adapters/webex/token-tester.ts';
import { createHttpTransport } from '../../src/adapters/webex/transport.ts';
import { tokenMetricsService } from '../../src/tokens/metrics.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const observability = createObservability('rotate-token', tokenMetricsService);
const clock = createSystemClock(env.CLOCK_OFFSET_MS);
const transport = createHttpTransport();
const settings = readBundledSettings(import.meta.url);

export const handler = createHandler({
  ...observability,
  secretArn: env.WEBEX_SECRET_ARN,
  secret: new SecretsManagerVersions(createSecretsManagerClient(), env.WEBEX_SECRET_ARN),
  endpoint: new WebexTokenEndpoint(env.WEBEX_TOKEN_URL, transport),
  tester: new WebexTokenTester({
    baseUrl: env.WEBEX_API_URL,
    orgId: env.WEBEX_ORGANIZATION_ID,
    observer: createWebexObserver(observability),
    clock,
    transport,
    ...createFunctionBudget({ env, settings, dynamo: new DynamoDBClient(), observability, clock }),
  }),
  clock,
  unsaved: new Map(),
});
