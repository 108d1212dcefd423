import { expect, it } from 'vitest';
import { RequestBudget } from '../../../infra/local/webex/budget.ts';
import { createContactListGateway } from '../../../src/adapters/webex/contact-list-gateway.ts';
import { WebexContactLists } from '../../../src/adapters/webex/contact-lists.ts';
import type { HttpTransport } from '../../../src/adapters/webex/transport.ts';
import { bucketRules } from '../../../src/budget/bucket.ts';
import { SharedBudget } from '../../../src/budget/shared-budget.ts';
import { BudgetInTurn } from '../../../src/campaigns/budget-in-turn.ts';
import type { ContactListGateway } from '../../../src/campaigns/push-ports.ts';
import { pushUpload } from '../../../src/campaigns/push-upload.ts';
import { stub } from '../adapters/webex/support/stub.ts';
import { SlowBucketStore, seeded } from '../budget/support/virtual-time.ts';
import { pushWorld, uploadId } from './support/push-world.ts';
import { StoryClock } from './support/story-clock.ts';

const limit = 300;
const contacts = 100_000;
/** What the budget allows: 10,000 requests at 300 a minute, with the margin that the budget itself keeps. */
const allowedMinutes = 33.4;

it('100,000 contacts go out in 1.03 of the time that the budget allows, with no 429, and callbacks wait at most a second', async () => {
  const clock = new StoryClock();
  const random = seeded(5);
  const webex = new RequestBudget();
  const store = new SlowBucketStore(() => clock.sleep(3 + random() * 7));
  const budgetOf = () => new SharedBudget({ store, clock, rules: bucketRules(limit), random });
  let refused = 0;
  const send = async (): Promise<void> => {
    await clock.sleep(20 + random() * 180);
    if (!webex.take('client', clock.nowMs(), limit).admitted) refused += 1;
  };
  const world = pushWorld(clock, contacts);
  // When the story has ended, its clock may have gone on to the next visitor already.
  let lastTakenMs = 0;
  const transport: HttpTransport = async ({ body }) => {
    await send();
    const { contacts: some } = JSON.parse(body ?? '{}') as {
      contacts: { contactAttributes: { fieldName: string; value: string }[] }[];
    };
    world.lists.take(
      some.map(({ contactAttributes }) =>
        Object.fromEntries(contactAttributes.map(({ fieldName, value }) => [fieldName, value])),
      ),
    );
    lastTakenMs = clock.nowMs();
    return { status: 202, headers: {}, body: '{"outcome":"Queued","statusCode":0}', bodyComplete: true };
  };
  const { client } = stub([], { clock, transport, lane: 'uploads', budget: new BudgetInTurn(budgetOf(), clock) });
  const gateway = createContactListGateway(new WebexContactLists(client, 'spring'));
  const paced: ContactListGateway = { ...gateway, create: () => world.lists.create() };
  const callbackWaitsMs: number[] = [];
  const visitors = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(random() * 40_000);
      const askedMs = clock.nowMs();
      if ((await budgetOf().take('callbacks', 30_000)) !== 'granted') throw new Error('A callback got no request.');
      callbackWaitsMs.push(clock.nowMs() - askedMs);
      await send();
    }
  };
  void visitors();

  const outcome = await clock.tell(pushUpload({ ...world.deps(), lists: paced }, uploadId, Number.POSITIVE_INFINITY));

  const minutes = lastTakenMs / 60_000;
  expect(outcome).toEqual({ outcome: 'finished' });
  expect(new Set(world.lists.arrived).size).toBe(contacts);
  expect(world.lists.arrived).toHaveLength(contacts);
  expect(minutes).toBeLessThanOrEqual(1.03 * allowedMinutes);
  expect(refused).toBe(0);
  expect(callbackWaitsMs.length).toBeGreaterThan(80);
  expect(Math.max(...callbackWaitsMs)).toBeLessThanOrEqual(1_000);
}, 60_000);
