export const ruleNames = [
  'lost',
  'doubled',
  'suppressed',
  'outsideWindow',
  'overCap',
  'overBudget',
  'overBooked',
  'undecided',
  'banned',
  'unpropagated',
  'tokenLost',
  'misread',
  'exposed',
  'answers',
  'late',
] as const;
/** `answers` is about what people are told, `late` about calls that nothing hindered. */
export type RuleName = (typeof ruleNames)[number];

export interface Violation {
  readonly rule: RuleName;
  readonly atMs: number;
  readonly callId: string;
  readonly words: string;
}

/** What was broken so far. */
export class Violations {
  readonly all: Violation[] = [];
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  add(rule: RuleName, callId: string, words: string): void {
    this.all.push({ rule, atMs: this.#nowMs(), callId, words });
  }
}

/** Nobody can be more exact than the clocks of two machines agree. */
export const clockSkewMsMax = 400;
