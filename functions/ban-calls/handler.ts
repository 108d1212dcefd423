import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { DeclareBanSchema, LiftBanSchema } from '../../events/ban/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { operatorOf } from '../../src/adapters/lambda/operator.ts';
import { parseBody } from '../../src/adapters/lambda/parse-body.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { json, noContent } from '../../src/adapters/lambda/respond.ts';
import { type ChangeBansDeps, declareBan, liftBan } from '../../src/bans/change-bans.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { banIdInPath, banView, toCommand, toProblem } from './translate.ts';

export type Deps = ChangeBansDeps & Pick<Observability, 'logger'>;

export const createHandler = (deps: Deps) =>
  middy()
    .use(problemDetails(deps.logger))
    .handler(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
      switch (event.routeKey) {
        case 'PUT /v1/bans/{id}':
          return declare(deps, event);
        case 'GET /v1/bans/{id}':
          return get(deps, event);
        case 'GET /v1/bans':
          return json(200, { bans: (await deps.bans.read()).bans.map(banView) });
        case 'DELETE /v1/bans/{id}':
          return lift(deps, event);
        default:
          throw new ProblemError('not-found');
      }
    });

async function declare(deps: Deps, event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const id = banIdInPath(event);
  const declared = await declareBan(deps, toCommand(id, await parseBody(event, DeclareBanSchema), operatorOf(event)));
  if (!declared.ok) throw toProblem(declared.failure);
  const { jurisdiction } = declared.value;
  deps.logger.info(logCodes.callsBanned, { ban: id, jurisdiction });
  return json(200, banView(declared.value));
}

async function get(deps: Deps, event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const id = banIdInPath(event);
  const ban = (await deps.bans.read()).bans.find((known) => known.id === id);
  if (!ban) throw new ProblemError('not-found');
  return json(200, banView(ban));
}

async function lift(deps: Deps, event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const id = banIdInPath(event);
  const { reason } = await parseBody(event, LiftBanSchema);
  if (!(await liftBan(deps, { id, reason, by: operatorOf(event) }))) throw new ProblemError('not-found');
  deps.logger.info(logCodes.banLifted, { ban: id });
  return noContent();
}
