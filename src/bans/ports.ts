import type { EmergencyBan } from '../policy/types.ts';
import type { EpochMs } from '../shared/clock.ts';

/** An emergency ban with who declared it; the policy reads the part that is an `EmergencyBan`. */
export interface DeclaredBan extends EmergencyBan {
  readonly declaredBy: string;
  readonly declaredAtMs: EpochMs;
}

/** What happened to a ban; kept for good. */
export interface BanChange {
  readonly change: 'declared' | 'replaced' | 'lifted';
  /** The ban as it was before a replacement or a lifting, else as it was declared. */
  readonly ban: DeclaredBan;
  readonly by: string;
  readonly atMs: EpochMs;
  readonly reason: string;
}

/** All bans together, with the version that a change must still find. */
export interface BanList {
  readonly bans: readonly DeclaredBan[];
  readonly version: number;
}

export interface BanStore {
  /** Strongly consistent. */
  read(): Promise<BanList>;
  /** Writes the bans and what happened in one transaction, unless somebody else changed them since `before` was read. */
  change(before: BanList, bans: readonly DeclaredBan[], happened: BanChange): Promise<'written' | 'conflict'>;
}
