import type { Engine } from '../engine/engine.ts';

interface Listed {
  /** Webex shows it from then on. */
  readonly shownFromMs: number;
}

/** The DNC lists of an organization in Webex: late to show what was added, and now and then not there at all. */
export class WebexLists {
  readonly #lists = new Map<string, Map<string, Listed>>();
  readonly #engine: Engine;
  readonly #lagMs: () => number;
  #missingSinceMs: number | undefined;

  constructor(engine: Engine, names: readonly string[], lagMs: () => number) {
    this.#engine = engine;
    this.#lagMs = lagMs;
    for (const name of names) this.#lists.set(name, new Map());
  }

  get names(): readonly string[] {
    return [...this.#lists.keys()];
  }

  /** Since when every list answers as one that is not there. */
  get missingSinceMs(): number | undefined {
    return this.#missingSinceMs;
  }

  /** Somebody renames the lists, or takes our right to see them; what stands on them stays. */
  hide(): void {
    this.#missingSinceMs ??= this.#engine.nowMs;
  }

  show(): void {
    this.#missingSinceMs = undefined;
  }

  /** @returns false for 404, which a list that is not there answers as well. */
  find(name: string, number: string): boolean {
    return this.#missingSinceMs === undefined && this.isShown(name, number, this.#engine.nowMs);
  }

  /** @returns `no-list` for 404, `there` for 409. */
  add(name: string, number: string): 'added' | 'there' | 'no-list' {
    const list = this.#lists.get(name);
    if (!list || this.#missingSinceMs !== undefined) return 'no-list';
    return this.#put(list, number) ? 'added' : 'there';
  }

  /** @returns false for 404. */
  remove(name: string, number: string): boolean {
    return this.#missingSinceMs === undefined && (this.#lists.get(name)?.delete(number) ?? false);
  }

  /** What a supervisor does in Webex itself. */
  addInWebex(name: string, number: string): void {
    const list = this.#lists.get(name);
    if (list) this.#put(list, number);
  }

  /** Whether a number stands on a list and an existing list would have shown it at that instant. */
  isShown(name: string, number: string, atMs: number): boolean {
    return (this.#lists.get(name)?.get(number)?.shownFromMs ?? Number.POSITIVE_INFINITY) <= atMs;
  }

  holds(name: string, number: string): boolean {
    return this.#lists.get(name)?.has(number) ?? false;
  }

  #put(list: Map<string, Listed>, number: string): boolean {
    if (list.has(number)) return false;
    list.set(number, { shownFromMs: this.#engine.nowMs + this.#lagMs() });
    return true;
  }
}
