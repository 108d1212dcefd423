import type { NumberType } from 'libphonenumber-js/max';
import type { EpochMs } from '../shared/clock.ts';

/** Without JavaScript no challenge can be solved, so the limits are tighter. */
export type FormKind = 'script' | 'plain';

/** How a request came in, before its body is looked at. Everything in it may be a lie except the address. */
export interface Arrival {
  /** Of the client, from the gateway or the one trusted header; never from a header that a client can send. */
  readonly address: string;
  /** `Origin` header; a browser sends it with every request from another site. */
  readonly origin?: string | undefined;
  /** Whether the browser says that the page is one of our own: no script can claim that. */
  readonly isOwnPage?: boolean;
}

/** What a form tells of how it was filled in. */
export interface FilledForm {
  /** What stands in the field that people do not see. */
  readonly honeypot?: string | undefined;
  /** From showing the form to sending it, as far as the form tells. */
  readonly filledMs?: number | undefined;
}

/** Who is asked to be called. */
export interface AskedNumber {
  readonly line: string;
  /** E.164. */
  readonly number: string;
  readonly country?: string | undefined;
  readonly type?: NumberType | undefined;
}

/** What the screen counts a request by. */
export interface ScreenedRequest {
  readonly atMs: EpochMs;
  readonly address: string;
  readonly form: FormKind;
  readonly line: string;
  /** E.164. */
  readonly number: string;
  /** Whether the settings exempt the address: only what is counted by number counts then. */
  readonly isExempt?: boolean;
}

/** Why a request is not taken. Each code tells an honest person what to do. */
export type ScreenCode =
  | 'origin-not-allowed'
  | 'form-filled-by-program'
  | 'proof-missing'
  | 'proof-invalid'
  | 'proof-expired'
  | 'proof-used'
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
