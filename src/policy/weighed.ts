import type { Gate, Hours } from './gate.ts';
import type { RuleFinding } from './types.ts';

/** How soon a list that did not answer is asked again. */
export const UNREADABLE_RETRY_MS = 60_000;

/** What the parts of a verdict add up to. */
export interface Weighed {
  readonly findings: readonly RuleFinding[];
  /** Ids of findings that no waiting mends. */
  readonly denials: readonly string[];
  readonly gates: readonly Gate[];
  readonly hours: readonly Hours[];
}
