import { MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { AuthorizeLink } from '../../events/authorize-link/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { operatorOf } from '../../src/adapters/lambda/operator.ts';
import { page } from '../../src/adapters/lambda/page.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { instant, json } from '../../src/adapters/lambda/respond.ts';
import { type FinishSignInDeps, type FinishedSignIn, finishSignIn } from '../../src/sign-in/finish-sign-in.ts';
import { type StartSignInDeps, createSignInLink, startSignIn } from '../../src/sign-in/start-sign-in.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { browserSecretOf, clearedCookie, cookieOf } from './cookie.ts';
import { errorPages } from './error-pages.ts';
import { failurePage, signedInPage, startFailurePage } from './pages.ts';

const DAY_MS = 86_400_000;

export type Deps = StartSignInDeps & FinishSignInDeps & Observability;

export const createHandler = (deps: Deps) =>
  middy()
    .use(problemDetails(deps.logger))
    .use(errorPages(deps))
    .handler(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
      switch (event.routeKey) {
        case 'POST /v1/webex/authorize-link':
          return giveLink(deps, event);
        case 'GET /oauth/authorize':
          return authorize(deps, event);
        case 'GET /oauth/callback':
          return callback(deps, event);
        default:
          throw new ProblemError('not-found');
      }
    });

async function giveLink(deps: Deps, event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const operator = operatorOf(event);
  const { link, expiresAtMs } = await createSignInLink(deps, operator);
  deps.logger.info(logCodes.signInLinkGiven, { operator });
  const body: AuthorizeLink = {
    url: `${originOf(event)}/oauth/authorize?link=${link}`,
    expiresAt: instant(expiresAtMs),
  };
  return json(201, body);
}

async function authorize(deps: Deps, event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const redirectUri = `${originOf(event)}/oauth/callback`;
  const started = await startSignIn(deps, { link: event.queryStringParameters?.['link'], redirectUri });
  if (!started.ok) {
    deps.logger.info(logCodes.signInRefused, { reason: started.failure });
    return startFailurePage(started.failure, deps.settings, originOf(event));
  }
  const { authorizeUrl, browserSecret, operator } = started.value;
  deps.logger.info(logCodes.signInStarted, { operator });
  return {
    statusCode: 302,
    headers: { location: authorizeUrl.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
    cookies: [cookieOf(event, browserSecret)],
  };
}

async function callback(deps: Deps, event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const finished = await finishSignIn(deps, {
    parameters: new URLSearchParams(event.rawQueryString),
    browserSecret: browserSecretOf(event),
  });
  if (!finished.ok) {
    const { code, detail, operator } = finished.failure;
    deps.logger.warn(logCodes.signInRefused, { reason: code, detail, operator });
    return failurePage(finished.failure, deps.settings, originOf(event));
  }
  report(deps, finished.value);
  return {
    ...page(200, signedInPage(deps.settings, finished.value.refreshTokenExpiresAtMs)),
    cookies: [clearedCookie(event)],
  };
}

/** The alarms about the tokens end with the sign-in. */
function report({ logger, metrics, clock }: Deps, { operator, refreshTokenExpiresAtMs }: FinishedSignIn): void {
  logger.info(logCodes.signInFinished, { operator, refreshTokenExpiresAt: instant(refreshTokenExpiresAtMs) });
  const daysLeft = Math.max(0, Math.floor((refreshTokenExpiresAtMs - clock.nowMs()) / DAY_MS));
  metrics.addMetric('RefreshTokenDead', MetricUnit.Count, 0);
  metrics.addMetric('TokenRotationFailed', MetricUnit.Count, 0);
  metrics.addMetric('RefreshTokenDaysLeft', MetricUnit.NoUnit, daysLeft);
  metrics.publishStoredMetrics();
}

const originOf = (event: APIGatewayProxyEventV2): string =>
  `${event.headers['x-forwarded-proto'] ?? 'https'}://${event.requestContext.domainName}`;
