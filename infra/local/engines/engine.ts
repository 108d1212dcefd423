import type { EngineExit } from './guarded-process.ts';

/** A database or queue engine that runs in a process of its own. */
export interface Engine {
  readonly url: URL;
  /** Of the engine's process; undefined when it is not ours to run. */
  readonly pid: number | undefined;
  /** Tells once when the engine ended without `close` having been called. */
  onExit(listener: (exit: EngineExit) => void): void;
  /** Ends the engine within 3 s; what it acknowledged stays on disk. */
  close(): Promise<void>;
}

/** No engine can run here, or the one that was asked for cannot. */
export class EngineUnavailableError extends Error {
  override readonly name = 'EngineUnavailableError';
  readonly code = 'engine-unavailable';
}
