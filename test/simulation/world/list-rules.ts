import type { Ledger } from '../model/ledger.ts';
import type { Webex } from '../model/webex.ts';
import type { Violations } from './violations.ts';

/** What has to be said of our list by the time that everything is quiet: an opt-out reaches everywhere. */
export class ListRules {
  readonly #changed = new Set<string>();
  readonly #givenUp = new Set<string>();
  readonly #addedInWebex = new Set<string>();

  numberChanged(number: string): void {
    this.#changed.add(number);
  }

  /** A dead letter, or a record of the stream that came to nothing a hundred times: the alarm has rung for it. */
  gaveUp(number: string): void {
    this.#givenUp.add(number);
  }

  /** A supervisor put the number on a Webex list: it may stand there whatever ours says. */
  addedInWebex(number: string): void {
    this.#addedInWebex.add(number);
  }

  end(ledger: Ledger, { lists, callbacks }: Webex, violations: Violations): void {
    for (const number of this.#changed) {
      if (this.#givenUp.has(number)) continue;
      const isOurs = ledger.suppressions.has(number);
      for (const name of lists.names) {
        if (lists.holds(name, number) === isOurs || (!isOurs && this.#addedInWebex.has(number))) continue;
        const words = isOurs ? 'stands on our list and not on' : 'was taken off our list and stands on';
        violations.add('unpropagated', '', `${number} ${words} the Webex list ${name}`);
      }
      if (isOurs && callbacks.list(number).length > 0) {
        violations.add('unpropagated', '', `${number} is on our list and has a scheduled callback in Webex`);
      }
    }
  }
}
