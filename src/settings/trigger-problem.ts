export interface TriggerProblem {
  /** Below `triggers.sources`. */
  readonly path: readonly string[];
  readonly message: string;
}
