import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { json } from '../../src/adapters/lambda/respond.ts';
import { type FormSettings, listLines } from '../../src/form/list-lines.ts';

export interface ListLinesDeps extends Pick<Observability, 'logger'> {
  readonly settings: FormSettings;
}

/** Short, so that a new consent wording is seen soon; a form with an old one is refused and asks again. */
const cacheSeconds = 60;

export function createHandler({ logger, settings }: ListLinesDeps) {
  const lines = listLines(settings);
  return middy()
    .use(problemDetails(logger))
    .handler(
      async (_event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> =>
        json(200, lines, { 'cache-control': `public, max-age=${cacheSeconds}` }),
    );
}
