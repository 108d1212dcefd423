import type { Context, SQSEvent } from 'aws-lambda';
import { expect, it, vi } from 'vitest';
import { createHandler } from '../../../../functions/propagate-suppression/handler.ts';
import { MemorySuppressions, entryOf, number } from '../../suppression/support.ts';

it('tells Webex of each number of a batch, and has those come again that it could not tell', async () => {
  const added: string[] = [];
  const logger = { info: vi.fn(), error: vi.fn() };
  const other = '+14155550133';
  const list = {
    add: async (each: string) => {
      if (each === other) throw new Error('Webex is down.');
      added.push(each);
    },
    remove: async () => undefined,
  };
  const handler = createHandler({
    suppressions: new MemorySuppressions(entryOf(), entryOf({ number: other })),
    webexLists: [list],
    scheduledCallbacks: { deleteAll: async () => 0 },
    closeContacts: async () => 0,
    logger,
  } as never);
  const message = (messageId: string, body: object) => ({ messageId, body: JSON.stringify(body) });

  const answer = await handler(
    { Records: [message('m1', { number }), message('m2', { number: other }), message('m3', {})] } as SQSEvent,
    {} as Context,
  );

  expect(added).toEqual([number]);
  expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).toSorted()).toEqual(['m2', 'm3']);
  expect(logger.error.mock.calls.map(([code]) => code)).toEqual(Array(2).fill('PROPAGATE_SUPPRESSION_FAILED'));
  expect(JSON.stringify(logger.info.mock.calls)).toContain('+1415*****32');
  expect(JSON.stringify(logger.info.mock.calls)).not.toContain(number);
});
