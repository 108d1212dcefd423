import { graceMs } from '../../../src/calls/lifecycle.ts';
import type { Settings } from '../../../src/settings/schema.ts';
import type { Ledger } from '../model/ledger.ts';
import type { WebexTask } from '../model/webex.ts';
import type { RuleName, Violations } from './violations.ts';

const hourMs = 3_600_000;

export interface CapRulesDeps {
  readonly violations: Violations;
  readonly ledger: Ledger;
  readonly settings: Settings;
  readonly nowMs: () => number;
}

/** How often a number may be called, over all calls and lines: by Webex's own tasks, and by the log that the stack keeps. */
export class CapRules {
  readonly #deps: CapRulesDeps;
  readonly #tasksOfNumber = new Map<string, number[]>();

  constructor(deps: CapRulesDeps) {
    this.#deps = deps;
  }

  /** A call that Webex holds counts at the start of its window, so a task of before may be one too many now. */
  created(task: WebexTask, callId: string): void {
    const countedMs = task.orderedForMs ?? this.#deps.nowMs();
    const times = this.#tasksOfNumber.get(task.number) ?? [];
    times.push(countedMs);
    this.#tasksOfNumber.set(task.number, times);
    for (const { attempts, hours } of this.#deps.settings.policy.caps) {
      for (const endMs of times.filter((atMs) => atMs >= countedMs)) {
        // An attempt counts from its claim, which comes before its task by less than a dispatch may take.
        const sinceMs = endMs - hours * hourMs + graceMs.dispatch;
        const count = times.filter((atMs) => atMs > sinceMs && atMs <= endMs).length;
        if (count <= attempts || sinceMs >= countedMs) continue;
        this.#violate('overCap', callId, `is task ${count} of its number in ${hours} h, where ${attempts} are allowed`);
        break;
      }
    }
  }

  /** An attempt counts if and only if it reached Webex, as far as one can know. */
  end(): void {
    const placed = new Map<string, number>();
    for (const { call } of this.#deps.ledger.rows.values()) {
      placed.set(call.number, (placed.get(call.number) ?? 0) + call.placedCount);
    }
    for (const [number, count] of placed) {
      const { attemptsMs } = this.#deps.ledger.attemptLog(number);
      if (attemptsMs.length !== count) {
        this.#violate('overCap', '', `${number} has ${count} placed attempts, and its log counts ${attemptsMs.length}`);
      }
    }
  }

  #violate(rule: RuleName, callId: string, words: string): void {
    this.#deps.violations.add(rule, callId, words);
  }
}
