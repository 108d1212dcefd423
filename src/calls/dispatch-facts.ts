import type { DialFacts, ListFact } from '../policy/types.ts';
import type { Clock } from '../shared/clock.ts';
import type { WebexDncList } from '../suppression/ports.ts';
import type { Call } from './call.ts';
import type { DialFactsReader } from './ports.ts';
import { dialFacts } from './dial-facts.ts';

/** A national registry. Undefined where it has nothing to say about a number, such as one of another country. */
export type RegistryLookUp = (number: string) => Promise<ListFact | undefined>;

export interface DispatchFactsDeps {
  /** Our own list, the attempts and the bans. */
  readonly ledger: DialFactsReader;
  /** The lists in Webex that the settings name; each one is asked about every call. */
  readonly webexLists: readonly Pick<WebexDncList, 'name' | 'lookUp'>[];
  /** By list, such as `registry:US`: the registries that the organization imports. */
  readonly registries: Readonly<Record<string, RegistryLookUp>>;
  /** The registries that a verdict on these facts needs. */
  readonly registriesAsked: (facts: DialFacts) => readonly string[];
  readonly clock: Clock;
  /** Told of each list beside our own that gave no answer, so that the alarm rings. */
  readonly onUnreadable: (error: unknown) => void;
}

/** What is read right before a call is dialed: the ledger's facts, and the lists that others keep. */
export class DispatchFacts implements DialFactsReader {
  readonly #deps: DispatchFactsDeps;

  constructor(deps: DispatchFactsDeps) {
    this.#deps = deps;
  }

  async read(number: string, moment: 'request' | 'dispatch', call?: Call): ReturnType<DialFactsReader['read']> {
    const [ledger, ...others] = await Promise.all([
      this.#deps.ledger.read(number, moment),
      ...this.#deps.webexLists.map((list) => this.#askWebex(list, number)),
      ...(call ? this.#askRegistries(call) : []),
    ]);
    const answered = others.filter((fact) => fact !== undefined);
    for (const { list } of answered.filter(({ state }) => state === 'unreadable')) {
      this.#deps.onUnreadable(new Error(`The list ${list} could not be read.`));
    }
    return { ...ledger, lists: [...ledger.lists, ...answered] };
  }

  async #askWebex(list: Pick<WebexDncList, 'name' | 'lookUp'>, number: string): Promise<ListFact> {
    return { list: `webex:${list.name}`, state: await list.lookUp(number) };
  }

  /** A registry that is asked for and not imported has no answer here; the rule that asks for it takes that for unreadable. */
  #askRegistries(call: Call): Promise<ListFact | undefined>[] {
    const nothingRead = { lists: [], attemptLog: { number: call.number, attemptsMs: [], version: 0 }, bans: [] };
    const asked = this.#deps.registriesAsked(dialFacts(call, nothingRead, this.#deps.clock.nowMs()));
    return asked.flatMap((list) => this.#deps.registries[list]?.(call.number) ?? []);
  }
}
