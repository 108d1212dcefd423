import type { ContactListGateway, ListAnswer } from '../../campaigns/push-ports.ts';
import type { WebexContactLists } from './contact-lists.ts';
import { WebexError } from './webex-error.ts';

/** Without a word from Webex or the budget about when to ask again. */
const retryAfterMsUsual = 1_000;
/** A token that is refused is renewed by rotation, or by a person. */
const retryAfterMsUnauthorized = 30_000;

/** One list of a campaign as Webex tells of it. */
export interface ListTold {
  readonly status: string | undefined;
  readonly recordCount: number | undefined;
}

/** The contact lists of one campaign, with every failure told by whether Webex has processed the request. */
export const createContactListGateway = (lists: WebexContactLists): ContactListGateway => ({
  create: (settings) => answerOf(async () => ({ contactListId: await lists.create(settings) })),
  add: (contactListId, contacts) => answerOf(() => nothing(lists.add(contactListId, contacts))),
  close: (contactListId, contactId) => answerOf(() => nothing(lists.close(contactListId, contactId))),
  expire: (contactListId) => answerOf(() => nothing(lists.expire(contactListId))),
  count: async (contactListId) => (await findList(lists, contactListId))?.recordCount,
});

/** Undefined where Webex has no such list. @throws {WebexError} */
export async function findList(lists: WebexContactLists, contactListId: string): Promise<ListTold | undefined> {
  return (await lists.list()).find((list) => list.contactListId === contactListId);
}

const nothing = async (done: Promise<void>): Promise<object> => {
  await done;
  return {};
};

async function answerOf<Done extends object>(ask: () => Promise<Done>): Promise<ListAnswer<Done>> {
  try {
    return { outcome: 'done', ...(await ask()) };
  } catch (error) {
    if (!(error instanceof WebexError)) throw error;
    return failureOf(error);
  }
}

/**
 * A request that Webex refused will be refused again. What never left, or was turned away for now, can be asked again. All
 * else may have been done: no answer, a 5xx, or a success that says nothing usable.
 */
function failureOf({ code, processed, message, words, retryAfterMs }: WebexError): ListAnswer<never> {
  if (processed !== 'no') return { outcome: 'uncertain', words: words ?? message };
  if (code === 'rejected' || code === 'request-not-valid') return { outcome: 'refused', words: words ?? message };
  const usual = code === 'unauthorized' ? retryAfterMsUnauthorized : retryAfterMsUsual;
  return { outcome: 'unsent', words: words ?? message, retryAfterMs: retryAfterMs ?? usual };
}
