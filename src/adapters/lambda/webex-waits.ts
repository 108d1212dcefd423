import { logCodes } from '../../shared/log-codes.ts';
import { WaitEstimates } from '../../waits/estimate-wait.ts';
import { DynamoWaitCache } from '../dynamodb/wait-cache.ts';
import { WebexWaitSource } from '../webex/wait-source.ts';
import { type FunctionWebexOptions, createFunctionWebex } from './webex-client.ts';

/** Estimated waits for one function. */
export const createWebexWaits = (options: Omit<FunctionWebexOptions, 'lane'>): WaitEstimates =>
  new WaitEstimates({
    source: new WebexWaitSource(createFunctionWebex({ ...options, lane: 'uploads' })),
    cache: new DynamoWaitCache(options.dynamo, options.env.COUNTERS_TABLE),
    clock: options.clock,
    onFailure: (error) =>
      options.observability.logger.warn(logCodes.waitUnknown, { error: error instanceof Error ? error : undefined }),
  });
