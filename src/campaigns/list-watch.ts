import type { Clock, EpochMs } from '../shared/clock.ts';
import type { ListSeen } from './describe-upload.ts';

export interface ListWatchDeps {
  /** Undefined where Webex does not say, or cannot be asked at once. */
  readonly ask: (campaignId: string, contactListId: string) => Promise<ListSeen | undefined>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** Each look costs one of the 300 requests a minute that uploads need themselves. */
const askEveryMs = 30_000;
/** Lists that are remembered at once. */
const listsMax = 1_000;

/** What Webex counts in lists, asked for no oftener than every 30 s each, however often people look. */
export class ListWatch {
  readonly #deps: ListWatchDeps;
  readonly #seen = new Map<string, { readonly atMs: EpochMs; readonly list: ListSeen | undefined }>();

  constructor(deps: ListWatchDeps) {
    this.#deps = deps;
  }

  async see(campaignId: string, contactListId: string): Promise<ListSeen | undefined> {
    const key = `${campaignId} ${contactListId}`;
    const known = this.#seen.get(key);
    const nowMs = this.#deps.clock.nowMs();
    if (known && nowMs - known.atMs < askEveryMs) return known.list;
    if (this.#seen.size >= listsMax) this.#seen.clear();
    // Also before the answer is there, so that those who look at the same time do not all ask.
    this.#seen.set(key, { atMs: nowMs, list: known?.list });
    const list = (await this.#deps.ask(campaignId, contactListId)) ?? known?.list;
    this.#seen.set(key, { atMs: nowMs, list });
    return list;
  }
}
