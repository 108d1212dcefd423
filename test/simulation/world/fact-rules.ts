import type { DeclaredBan } from '../../../src/bans/ports.ts';
import type { Call } from '../../../src/calls/call.ts';
import { graceMs } from '../../../src/calls/lifecycle.ts';
import type { TaskRequest } from '../../../src/calls/task-gateway.ts';
import type { Decision } from '../../../src/policy/types.ts';
import type { CallRow, Ledger } from '../model/ledger.ts';
import type { SimulatedRegistry } from '../model/registry.ts';
import type { WebexLists } from '../model/webex-lists.ts';
import { type Violations, clockSkewMsMax } from './violations.ts';
import { placeOf } from './zones.ts';

/** A run of dispatch-call is over by then, and with it whatever it has read. */
const runMsMax = 30_000 + clockSkewMsMax;
/** How long the proof that a Webex list is there may be believed (`WebexDnc`). */
const proofMsMax = 600_000;
/** 16 CFR 310.4(b)(3)(iv), told here once more: a judge must not copy the one it judges. */
const registryMsMax = 31 * 86_400_000;
/** Where a request or a relationship lifts a ban (New York's statute), it binds calls without either only. */
const liftedByBasis = 'US-NY';

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface FactRulesDeps {
  readonly ledger: Ledger;
  readonly lists: WebexLists;
  readonly registry: SimulatedRegistry;
  readonly violations: Violations;
  readonly nowMs: () => number;
}

/** What was true at the moment of sending, against the verdict that let the call go: rules 3, 5 and 6 of DESIGN.md. */
export class FactRules {
  readonly #deps: FactRulesDeps;
  readonly #bans = new Map<string, { readonly ban: DeclaredBan; readonly answeredAtMs: number }>();
  readonly #everClosed = new Set<string>();
  /** When somebody was told that the number is on our list. */
  readonly #closedSinceMs = new Map<string, number>();

  constructor(deps: FactRulesDeps) {
    this.#deps = deps;
  }

  /** Somebody was told that the number is on our list. */
  suppressAnswered(number: string): void {
    this.#closedSinceMs.set(number, this.#deps.nowMs());
    this.#everClosed.add(number);
  }

  wasSuppressed(number: string): boolean {
    return this.#everClosed.has(number);
  }

  suppressionRemoved(number: string): void {
    this.#closedSinceMs.delete(number);
  }

  /** Somebody was told that the ban stands. */
  banAnswered(ban: DeclaredBan): void {
    this.#bans.set(ban.id, { ban, answeredAtMs: this.#deps.nowMs() });
  }

  /** Somebody asks for a ban to be lifted; it counts no longer. */
  banLifting(id: string): void {
    this.#bans.delete(id);
  }

  departs(_request: TaskRequest, row: CallRow): void {
    const nowMs = this.#deps.nowMs();
    this.#compareSuppression(row.call, nowMs);
    if (!this.#compareVerdict(row)) return;
    this.#compareBans(row.call, { fromMs: nowMs, toMs: nowMs - runMsMax }, nowMs - runMsMax);
    this.#compareWebexLists(row.call);
    this.#compareRegistry(row.call);
  }

  /** An order leaves: everything that was known allows the whole of its window. */
  ordered(row: CallRow, window: Span): void {
    const nowMs = this.#deps.nowMs();
    this.#compareSuppression(row.call, nowMs);
    if (!this.#compareVerdict(row)) return;
    this.#compareBans(row.call, window, nowMs - runMsMax);
    this.#compareWebexLists(row.call);
  }

  /** An order goes on after its review, by what was read up to a run before. */
  reviewed(row: CallRow, window: Span): void {
    const readByMs = this.#deps.nowMs() - runMsMax;
    this.#compareSuppression(row.call, readByMs);
    if (!this.#compareVerdict(row)) return;
    this.#compareBans(row.call, window, readByMs);
    this.#compareWebexLists(row.call);
  }

  /** Webex calls in the window of an order that could have been taken back for what was known by then. */
  calledByWebex(call: Call, knownByMs: number): void {
    const nowMs = this.#deps.nowMs();
    this.#compareSuppression(call, knownByMs);
    this.#compareBans(call, { fromMs: nowMs, toMs: nowMs }, knownByMs);
    const { lists, violations } = this.#deps;
    for (const name of lists.missingSinceMs === undefined ? lists.names : []) {
      if (lists.isShown(name, call.number, knownByMs))
        violations.add('suppressed', call.id, `is called by Webex while on its list ${name}`);
    }
  }

  #compareSuppression({ id, number }: Call, knownByMs: number): void {
    const sinceMs = this.#closedSinceMs.get(number);
    if (sinceMs !== undefined && sinceMs <= knownByMs)
      this.#deps.violations.add('suppressed', id, 'goes out after the suppression had been answered');
  }

  /** @returns whether there is a verdict to compare anything with. */
  #compareVerdict({ call, decisions }: CallRow): boolean {
    const { nowMs, violations } = this.#deps;
    const decision = decisions.at(-1);
    if (decision?.verdict !== 'allow' || decision.atMs < nowMs() - graceMs.dispatch) {
      violations.add('undecided', call.id, 'was sent without a fresh verdict to allow it');
      return false;
    }
    const unread = this.#unread(call, decision);
    if (unread) violations.add('undecided', call.id, `was sent although ${unread} was not read`);
    return true;
  }

  /** Why a verdict does not explain itself, if it does not. */
  unexplained(call: Call, decision: Decision): string | undefined {
    if (!/^[\da-f]{64}$/.test(decision.tableVersion)) return 'a verdict without the version of its table';
    if (decision.findings.length === 0) return 'a verdict without rules';
    return decision.facts.number === call.number ? undefined : 'a verdict about another number';
  }

  /** A fact that the verdict needs and does not have. */
  #unread(call: Call, { facts }: Decision): string | undefined {
    const states = new Map(facts.lists.map(({ list, state }) => [list, state]));
    const needed = ['internal', ...this.#deps.lists.names.map((name) => `webex:${name}`)];
    if (this.#needsRegistry(call)) needed.push('registry:US');
    const missing = needed.find((list) => (states.get(list) ?? 'unreadable') === 'unreadable');
    if (missing) return missing;
    if (facts.bans === 'unreadable') return 'the list of bans';
    return facts.attemptsMs === 'unreadable' ? 'the log of attempts' : undefined;
  }

  /** @param knownByMs bans that were answered later are not held against anybody. */
  #compareBans(call: Call, span: Span, knownByMs: number): void {
    const places = ['US', placeOf(call.number).jurisdiction];
    for (const { ban, answeredAtMs } of this.#bans.values()) {
      const { jurisdiction, fromMs, toMs = Number.POSITIVE_INFINITY } = ban;
      if (!places.includes(jurisdiction) || (jurisdiction === liftedByBasis && call.bases.length > 0)) continue;
      const stands = fromMs < span.toMs && toMs > span.fromMs + clockSkewMsMax;
      if (stands && answeredAtMs < knownByMs) {
        this.#deps.violations.add('banned', call.id, `was sent into ${jurisdiction} under the ban ${ban.id}`);
      }
    }
  }

  #compareWebexLists({ id, number }: Call): void {
    const { lists, violations } = this.#deps;
    const nowMs = this.#deps.nowMs();
    const { missingSinceMs = nowMs } = lists;
    // A list that went a moment ago is still believed to be there, and answers as an empty one would.
    const isBelieved = missingSinceMs < nowMs && nowMs - missingSinceMs <= proofMsMax + runMsMax;
    for (const name of isBelieved ? [] : lists.names) {
      if (lists.isShown(name, number, nowMs - runMsMax)) {
        violations.add('suppressed', id, `was sent while ${number} stood on the Webex list ${name}`);
      }
    }
  }

  #compareRegistry(call: Call): void {
    if (!this.#needsRegistry(call)) return;
    const { registry, violations } = this.#deps;
    const nowMs = this.#deps.nowMs();
    if (!registry.isSubscribed || nowMs - registry.copyOfMs(nowMs) > registryMsMax + runMsMax) {
      violations.add('undecided', call.id, 'was sent without a fresh copy of the registry');
    }
    if (registry.isListed(call.number)) violations.add('suppressed', call.id, 'was sent while on the registry');
  }

  /** A sales call that nobody asked for and no basis allows. */
  #needsRegistry = ({ purpose, bases }: Call): boolean => purpose === 'marketing' && bases.length === 0;
}
