import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Challenge } from '../../events/challenge/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { json } from '../../src/adapters/lambda/respond.ts';

export interface IssueChallengeDeps extends Pick<Observability, 'logger'> {
  readonly newChallenge: () => Promise<Challenge>;
}

/** Gives a form a challenge to solve. Nothing is kept of it: its signature says that it is ours. */
export const createHandler = ({ logger, newChallenge }: IssueChallengeDeps) =>
  middy()
    .use(problemDetails(logger))
    .handler(
      async (_event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> =>
        json(200, await newChallenge()),
    );
