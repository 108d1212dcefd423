import type { StatefulStack } from './stateful-stack.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import type { RingbackFunction } from '../constructs/ringback-function.ts';
import type { DefineFunction } from './list-functions.ts';

export interface ScreenFunctionsProps {
  readonly api: PublicApi;
  readonly stateful: StatefulStack;
  readonly define: DefineFunction;
  /** The function that takes the public form, and so asks the screen. */
  readonly requestCall: RingbackFunction;
}

/** Everything that the abuse screen writes stands under this prefix of the counters' key. */
const ownKeys = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'SCREEN#*' } };

/** The abuse screen: the challenges that forms solve, what is counted, and what operators do with blocks. */
export function addScreenFunctions({ api, stateful, define, requestCall }: ScreenFunctionsProps): void {
  const { counters, screenSecret } = stateful;
  const readSecret = (fn: RingbackFunction): void =>
    fn.grant({
      sid: 'ReadScreenSecret',
      actions: ['secretsmanager:GetSecretValue'],
      resources: [screenSecret.secretArn],
    });

  const issueChallenge = define('issue-challenge', {
    description: 'Gives a form a challenge whose solution tells a person from a program.',
    environment: { SCREEN_SECRET_ARN: screenSecret.secretArn },
  });
  readSecret(issueChallenge);
  api.route('GET /v1/challenge', 'public', issueChallenge);

  readSecret(requestCall);
  requestCall.grant({
    sid: 'CountRequests',
    actions: ['dynamodb:UpdateItem', 'dynamodb:PutItem'],
    resources: [counters.tableArn],
    conditions: ownKeys,
  });

  const manageBlocks = define('manage-blocks', {
    description: 'Tells operators which numbers and addresses the abuse screen blocks, and lifts blocks.',
  });
  manageBlocks.grant({
    sid: 'ListBlocks',
    actions: ['dynamodb:Query'],
    resources: [`${counters.tableArn}/index/byBlock`],
  });
  manageBlocks.grant({
    sid: 'FindBlocks',
    actions: ['dynamodb:BatchGetItem'],
    resources: [counters.tableArn],
    conditions: ownKeys,
  });
  manageBlocks.grant({
    sid: 'LiftBlocks',
    actions: ['dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
    resources: [counters.tableArn],
    conditions: ownKeys,
  });
  api.route('GET /v1/blocks', 'operator', manageBlocks);
  api.route('POST /v1/blocks/check', 'operator', manageBlocks);
  api.route('DELETE /v1/blocks/{id}', 'operator', manageBlocks);
}
