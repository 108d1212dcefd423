/** An error as a state machine knows it: by name, with what was said about it. */
export class StateError extends Error {
  override readonly name = 'StateError';
  readonly errorName: string;

  constructor(errorName: string, message: string) {
    super(message);
    this.errorName = errorName;
  }
}

/** The machine that runs the states is stopping: no outcome, and nothing is to be tried again. */
export class StatesStoppedError extends Error {
  override readonly name = 'StatesStoppedError';
}
