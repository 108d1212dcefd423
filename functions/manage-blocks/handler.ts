import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type Blocks, CheckBlocksSchema, LiftBlockSchema } from '../../events/block/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { operatorOf } from '../../src/adapters/lambda/operator.ts';
import { parseBody } from '../../src/adapters/lambda/parse-body.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { json, noContent } from '../../src/adapters/lambda/respond.ts';
import { blockId } from '../../src/screen/blocks.ts';
import type { BlockStore } from '../../src/screen/ports.ts';
import { addressSubject, numberSubject, prefixSubject } from '../../src/screen/velocity.ts';
import type { Clock } from '../../src/shared/clock.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { blockIdInPath, blockView, listQuery } from './translate.ts';

export interface ManageBlocksDeps extends Pick<Observability, 'logger'> {
  readonly blocks: BlockStore;
  readonly clock: Pick<Clock, 'nowMs'>;
}

type Answer = Promise<APIGatewayProxyStructuredResultV2>;

/** Lists the blocks of the abuse screen, tells which concern a number or an address, and lifts them. */
export const createHandler = (deps: ManageBlocksDeps) =>
  middy()
    .use(problemDetails(deps.logger))
    .handler(async (event: APIGatewayProxyEventV2): Answer => {
      switch (event.routeKey) {
        case 'GET /v1/blocks':
          return list(deps, event);
        case 'POST /v1/blocks/check':
          return check(deps, event);
        case 'DELETE /v1/blocks/{id}':
          return lift(deps, event);
        default:
          throw new ProblemError('not-found');
      }
    });

async function list({ blocks, clock }: ManageBlocksDeps, event: APIGatewayProxyEventV2): Answer {
  const { limit, cursor: from } = listQuery(event);
  const { blocks: found, cursor } = await blocks.list(clock.nowMs(), limit, from);
  const body: Blocks = { blocks: found.map(blockView), ...(cursor !== undefined && { cursor }) };
  return json(200, body);
}

async function check({ blocks, clock }: ManageBlocksDeps, event: APIGatewayProxyEventV2): Answer {
  const { number, address } = await parseBody(event, CheckBlocksSchema);
  const subjects = [
    ...(number === undefined ? [] : [numberSubject(number), prefixSubject(number)]),
    ...(address === undefined ? [] : [addressSubject(address)]),
  ];
  const found = await blocks.find(subjects.map(blockId), clock.nowMs());
  const body: Blocks = { blocks: found.map(blockView) };
  return json(200, body);
}

async function lift({ blocks, clock, logger }: ManageBlocksDeps, event: APIGatewayProxyEventV2): Answer {
  const id = blockIdInPath(event);
  const { reason } = await parseBody(event, LiftBlockSchema);
  const operator = operatorOf(event);
  if (!(await blocks.lift(id, { by: operator, reason, atMs: clock.nowMs() }))) throw new ProblemError('not-found');
  logger.info(logCodes.blockLifted, { block: id, operator });
  return noContent();
}
