import type { NumberType } from 'libphonenumber-js/max';
import type { EpochMs } from '../shared/clock.ts';

/** What the screen looks at. Everything in it may be a lie except time and address. */
export interface ScreenedRequest {
  readonly atMs: EpochMs;
  /** Of the client, from the gateway or the one trusted header; never from a header that a client can send. */
  readonly address: string;
  /** `Origin` header; a browser sends it with every request from another site. */
  readonly origin?: string | undefined;
  /** Without JavaScript no challenge can be solved, so the limits are tighter. */
  readonly form: 'script' | 'plain';
  /** What stands in the field that people do not see. */
  readonly honeypot?: string | undefined;
  /** From showing the form to sending it, as far as the form tells. */
  readonly filledMs?: number | undefined;
  readonly line: string;
  /** E.164. */
  readonly number: string;
  readonly country?: string | undefined;
  readonly type?: NumberType | undefined;
}

/** Why a request is not taken. Each code tells an honest person what to do. */
export type ScreenCode =
  | 'origin-not-allowed'
  | 'form-filled-by-program'
  | 'country-not-called'
  | 'number-type-not-called'
  | 'too-many-for-number'
  | 'too-many-from-address'
  | 'too-many-for-prefix'
  | 'line-full-today'
  | 'full-today'
  /** The counters could not be reached: nothing is taken unscreened. */
  | 'screen-unavailable';

export interface ScreenRefusal {
  readonly code: ScreenCode;
  /** When it makes sense to try again. */
  readonly retryAfterSeconds?: number;
}

/** One rule: what it finds wrong with a request, or nothing. */
export type ScreenRule = (request: ScreenedRequest) => ScreenRefusal | undefined;
