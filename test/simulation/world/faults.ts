import type { Prng } from '../../support/prng.ts';

/** How likely each thing goes wrong; all are probabilities unless the name says milliseconds, or the comment how often. */
export interface Faults {
  /** A worker dies somewhere during one run. */
  readonly crash: number;
  /** Clocks of two machines differ by up to this. */
  readonly clockSkewMs: number;
  readonly slow: number;
  readonly throttled: number;
  readonly answerLost: number;
  readonly transactionConflict: number;
  readonly staleIndexMs: number;
  readonly listsUnreadable: number;
  readonly streamGivenUp: number;
  readonly messageDoubled: number;
  readonly messageLateMs: number;
  readonly messageNotDeleted: number;
  readonly timerLost: number;
  readonly timerDoubled: number;
  readonly timerLateMs: number;
  readonly sweepLost: number;
  readonly webexRejects: number;
  readonly webexThrottles: number;
  /** 5xx, reset or time-out, the task not created. */
  readonly webexFailsBefore: number;
  /** 5xx, reset or time-out, the task created all the same. */
  readonly webexFailsAfter: number;
  readonly searchFails: number;
  /** Search shows what happened this much later, as a part of the settle time: above 1 it breaks what Ringback builds on. */
  readonly searchLag: number;
  /** How often all access tokens end at once. */
  readonly tokenDead: number;
  /** How often only a new sign-in helps. */
  readonly signInDead: number;
  /** The token endpoint fails without doing anything. */
  readonly tokenFails: number;
  /** The token endpoint answers late, or not in time for anybody to hear it. */
  readonly tokenLate: number;
  /** A request for a token reaches Webex twice. */
  readonly tokenTwice: number;
  /** 5xx or no answer from a Webex list, with or without effect. */
  readonly dncFails: number;
  /** A change of a Webex list takes seconds. */
  readonly dncSlow: number;
  readonly dncLagMs: number;
  /** How often the Webex lists cannot be found for a while. */
  readonly dncMissing: number;
  readonly webhookLost: number;
  readonly webhookDoubled: number;
  readonly webhookLateMs: number;
}

export const calm: Faults = {
  crash: 0,
  clockSkewMs: 0,
  slow: 0,
  throttled: 0,
  answerLost: 0,
  transactionConflict: 0,
  staleIndexMs: 0,
  listsUnreadable: 0,
  streamGivenUp: 0,
  messageDoubled: 0,
  messageLateMs: 0,
  messageNotDeleted: 0,
  timerLost: 0,
  timerDoubled: 0,
  timerLateMs: 0,
  sweepLost: 0,
  webexRejects: 0,
  webexThrottles: 0,
  webexFailsBefore: 0,
  webexFailsAfter: 0,
  searchFails: 0,
  searchLag: 0,
  tokenDead: 0,
  signInDead: 0,
  tokenFails: 0,
  tokenLate: 0,
  tokenTwice: 0,
  dncFails: 0,
  dncSlow: 0,
  dncLagMs: 0,
  dncMissing: 0,
  webhookLost: 0,
  webhookDoubled: 0,
  webhookLateMs: 0,
};

export type FaultName = keyof Faults;
export const faultNames = Object.keys(calm) as FaultName[];

/** How bad a fault can be, from rare to common. */
const scales: Readonly<Record<FaultName, readonly number[]>> = {
  crash: [0.02, 0.1, 0.3],
  clockSkewMs: [50, 400],
  slow: [0.01, 0.05, 0.2],
  throttled: [0.005, 0.03, 0.1],
  answerLost: [0.005, 0.03, 0.1],
  transactionConflict: [0.01, 0.1],
  staleIndexMs: [1_000, 30_000, 120_000],
  listsUnreadable: [0.01, 0.1],
  streamGivenUp: [0.02, 0.2],
  messageDoubled: [0.05, 0.5],
  messageLateMs: [1_000, 60_000, 600_000],
  messageNotDeleted: [0.02, 0.2],
  timerLost: [0.05, 0.5],
  timerDoubled: [0.1, 0.5],
  timerLateMs: [5_000, 300_000],
  sweepLost: [0.1, 0.5],
  webexRejects: [0.02, 0.1],
  webexThrottles: [0.05, 0.3],
  webexFailsBefore: [0.05, 0.3],
  webexFailsAfter: [0.05, 0.3],
  searchFails: [0.05, 0.4],
  searchLag: [0.1, 0.5, 0.999, 0.999, 0.999, 3],
  tokenDead: [1, 3],
  signInDead: [1],
  tokenFails: [0.1, 0.5],
  tokenLate: [0.1, 0.5],
  tokenTwice: [0.1, 0.5],
  dncFails: [0.02, 0.1],
  dncSlow: [0.5, 0.9],
  dncLagMs: [5_000, 300_000],
  dncMissing: [1],
  webhookLost: [0.1, 0.9],
  webhookDoubled: [0.1, 0.5],
  webhookLateMs: [600_000, 3_600_000],
};

/**
 * The faults of one seed. Each is on in every second history only: what all faults together would hide shows
 * where some of them are missing.
 * @param off faults that stay off; what the others do then is as likely as before.
 */
export function drawFaults(chance: Prng, off: ReadonlySet<FaultName>): Faults {
  const peaceful = chance.chance(0.1);
  const drawn = faultNames.map((name) => {
    const on = chance.chance(0.5);
    const value = chance.pick(scales[name]);
    return [name, on && !peaceful && !off.has(name) ? value : 0] as const;
  });
  return Object.fromEntries(drawn) as unknown as Faults;
}
