import type { Logger } from '@aws-lambda-powertools/logger';
import type { LogCode } from '../../shared/log-codes.ts';

/** Logs what a record of a batch failed with; the batch itself only tells which one comes again. */
export const recordFailures =
  <Record>(logger: Pick<Logger, 'error'>, code: LogCode, handle: (record: Record) => Promise<void>) =>
  async (record: Record): Promise<void> => {
    try {
      await handle(record);
    } catch (error) {
      logger.error(code, { error: error instanceof Error ? error : undefined });
      throw error;
    }
  };
