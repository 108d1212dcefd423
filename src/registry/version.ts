import { randomUUID } from 'node:crypto';
import type { EpochMs } from '../shared/clock.ts';

/** A name for a new copy that sorts by time: `20261120T164133Z-bd2c752d`. */
export const newCopyVersion = (nowMs: EpochMs): string =>
  `${new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '')}-${randomUUID().slice(0, 8)}`;
