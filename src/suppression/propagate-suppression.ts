import { settleAll } from '../shared/settle-all.ts';
import type { ScheduledCallbacks, SuppressionStore, WebexDncList } from './ports.ts';

export interface PropagateSuppressionDeps {
  readonly suppressions: Pick<SuppressionStore, 'find'>;
  readonly webexLists: readonly Pick<WebexDncList, 'add' | 'remove'>[];
  readonly scheduledCallbacks: ScheduledCallbacks;
  /** Closes the number's contacts in every contact list that uploads brought it to. @returns how many. Rejects where one stays open. */
  readonly closeContacts: (number: string) => Promise<number>;
}

export interface PropagatedSuppression {
  readonly state: 'listed' | 'not-listed';
  /** Scheduled callbacks in Webex that were deleted. */
  readonly callbacksDeleted: number;
  /** Contacts in campaigns' lists that were closed. */
  readonly contactsClosed: number;
}

/** Our list may change while Webex is told; more changes than this within seconds are left to the next try. */
const roundsMax = 3;

/** Our list changed again and again while Webex was told; the message comes again. */
export class SuppressionUnsettledError extends Error {
  override readonly name = 'SuppressionUnsettledError';
  readonly code = 'suppression-unsettled';
}

/**
 * Makes Webex agree with our list about one number: on the named DNC lists or off them, and without scheduled callbacks
 * and open contacts of campaigns while it is listed. Goes by what our list says now and looks again afterwards, so messages
 * may come late, twice or in any order. What fails keeps nothing else from being done.
 * @throws what failed, after all of it was tried
 */
export async function propagateSuppression(
  deps: PropagateSuppressionDeps,
  number: string,
): Promise<PropagatedSuppression> {
  let callbacksDeleted = 0;
  let contactsClosed = 0;
  for (let round = 1; round <= roundsMax; round += 1) {
    const entry = await deps.suppressions.find(number);
    if (entry) {
      const { source, reason } = entry;
      const [, deleted, closed] = await settleAll([
        settleAll(deps.webexLists.map((list) => list.add(number, { source, reason }))),
        deps.scheduledCallbacks.deleteAll(number),
        deps.closeContacts(number),
      ]);
      callbacksDeleted += deleted;
      contactsClosed += closed;
    } else {
      await settleAll(deps.webexLists.map((list) => list.remove(number)));
    }
    const now = await deps.suppressions.find(number);
    if ((now === undefined) === (entry === undefined))
      return { state: entry ? 'listed' : 'not-listed', callbacksDeleted, contactsClosed };
  }
  throw new SuppressionUnsettledError('Our list changed again and again while Webex was told of a number.');
}
