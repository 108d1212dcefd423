import type { RotationStep } from '../../../src/tokens/rotate-token.ts';
import type { Prng } from '../../support/prng.ts';
import type { Engine } from '../engine/engine.ts';
import type { RunEnd } from '../engine/invocation.ts';
import type { SimulatedSecret } from './secret.ts';

export type RunStep = (step: RotationStep, versionId: string, done: (end: RunEnd<unknown>) => void) => void;

const steps: readonly RotationStep[] = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];
/** AWS does not say how often it tries a failed rotation again by itself; a RotateSecret tries it again at once. */
const attemptsMax = 5;
const retryBaseMs = 60_000;

interface Run {
  readonly versionId: string;
  readonly attempts: number;
}

/**
 * Secrets Manager's part of a rotation: its four steps one after the other, again where one failed. One at a time, but for
 * one whose version a sign-in has unstaged: its step may still be running when the next rotation starts.
 */
export class SimulatedRotation {
  readonly #engine: Engine;
  readonly #chance: Prng;
  readonly #secret: SimulatedSecret;
  readonly #runStep: RunStep;
  #running: Run | undefined;
  #retry: object | undefined;

  constructor(engine: Engine, chance: Prng, secret: SimulatedSecret, runStep: RunStep) {
    this.#engine = engine;
    this.#chance = chance;
    this.#secret = secret;
    this.#runStep = runStep;
  }

  /** RotateSecret. @returns `running` where the service would answer that a rotation stands already. */
  rotate(requestId: string): 'started' | 'running' {
    const unfinished = this.#secret.unfinished();
    if (unfinished !== undefined) {
      if (!this.#running) this.#launch(unfinished, 0);
      return 'running';
    }
    this.#secret.stage(requestId);
    this.#launch(requestId, 0);
    return 'started';
  }

  #launch(versionId: string, attempts: number): void {
    const run: Run = { versionId, attempts };
    this.#retry = undefined;
    this.#running = run;
    this.#engine.after(this.#chance.int(20, 300), () => this.#step(run, 0));
  }

  #step(run: Run, index: number): void {
    const step = steps[index];
    if (!step) return this.#secret.unfinished() === run.versionId ? this.#fail(run) : this.#over(run);
    this.#runStep(step, run.versionId, (end) => {
      if (end.ended === 'returned') this.#engine.after(this.#chance.int(5, 100), () => this.#step(run, index + 1));
      else this.#fail(run);
    });
  }

  #over(run: Run): void {
    if (this.#running === run) this.#running = undefined;
  }

  #fail(run: Run): void {
    this.#over(run);
    const { versionId, attempts } = run;
    if (attempts + 1 >= attemptsMax || this.#running) return;
    const retry = {};
    this.#retry = retry;
    this.#engine.after(retryBaseMs * 2 ** attempts, () => {
      if (this.#retry !== retry || this.#secret.unfinished() !== versionId) return;
      this.#launch(versionId, attempts + 1);
    });
  }
}
