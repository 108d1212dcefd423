import type { EpochMs } from '../shared/clock.ts';
import type { Block } from './blocks.ts';
import type { ScreenCode } from './types.ts';
import type { Counted, Counter } from './velocity.ts';

/** Reads what was counted. Throws where the counters cannot be reached. */
export interface RequestCounters {
  /** What each holds before this request, in their order; all in one round trip, of a cap the given shard. */
  read(counters: readonly Counter[], atMs: EpochMs, shard: number): Promise<readonly Counted[]>;
}

/** One counter that a request is added to, and what must still be so then. */
export interface CountedRequest {
  readonly counter: Counter;
  /** The counter must hold less than this when the request is added. */
  readonly below: number;
  readonly over: readonly string[];
}

/** What a request is charged with: written in the transaction that takes it, or not at all. */
export interface Charge {
  readonly atMs: EpochMs;
  readonly shard: number;
  readonly counts: readonly CountedRequest[];
  /** The solved challenge that is spent. */
  readonly proof?: SpentProof | undefined;
}

/** A challenge is good for one request. */
export interface SpentProof {
  readonly id: string;
  /** After that the challenge is refused anyway. */
  readonly expiresAtMs: EpochMs;
}

/** Whether a solved challenge is one of ours, and solved. */
export interface ProofVerifier {
  /** Throws where the key cannot be read. @param proof as the form sent it */
  verify(proof: string, nowMs: EpochMs): Promise<SpentProof | 'proof-invalid' | 'proof-expired'>;
}

/** The blocks that stand because a limit was reached, for operators. */
export interface BlockRecords {
  /** Notes a refusal; the first one makes the block. */
  note(block: Pick<Block, 'id' | 'kind' | 'shown' | 'code' | 'untilMs'>, atMs: EpochMs): Promise<void>;
}

/** What an operator does with blocks. */
export interface BlockStore {
  /** Blocks that stand at `nowMs`, at most `limit`. @param cursor from the answer before */
  list(
    nowMs: EpochMs,
    limit: number,
    cursor?: string,
  ): Promise<{ readonly blocks: readonly Block[]; readonly cursor?: string }>;
  /** The blocks among these that stand. */
  find(ids: readonly string[], nowMs: EpochMs): Promise<readonly Block[]>;
  /** Ends a block and forgets what was counted for it. False where none stands. */
  lift(id: string, lifted: { readonly by: string; readonly reason: string; readonly atMs: EpochMs }): Promise<boolean>;
}

/** Told what the screen does, a metric for each rule. */
export interface ScreenObserver {
  refused(code: ScreenCode): void;
  /** A cap of the day is at 80 %. */
  nearlyFull(code: ScreenCode): void;
  unavailable(error: unknown): void;
}
