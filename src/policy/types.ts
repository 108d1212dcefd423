import type { EpochMs } from '../shared/clock.ts';

/** Who asked for the call: the person (`callback`) or a trigger, operator or campaign (`outdial`). */
export type CallKind = 'callback' | 'outdial';

/** Why the call is placed. Rules name the purposes they bind. */
export type Purpose = 'requested' | 'marketing' | 'debt' | 'service';

/**
 * Why we may call a number. A relationship's end differs by jurisdiction, so `startMs` and `inquiry` are facts and
 * the rule decides how long they count; `expiryMs` is a hard end where one is known.
 */
export interface Basis {
  readonly type: 'request' | 'relationship' | 'consent';
  readonly startMs: EpochMs;
  readonly expiryMs?: EpochMs;
  /** A relationship founded on an inquiry only (3 months federally), not on a purchase (18 months). */
  readonly inquiry?: boolean;
  /** The purpose the basis was given for; absent means any purpose. */
  readonly purpose?: Purpose;
  readonly evidence?: BasisEvidence;
}

/** What proves a basis later: kept with the call for the retention time. */
export interface BasisEvidence {
  readonly wordingVersion?: string;
  readonly wordingSha256?: string;
  readonly atMs: EpochMs;
  readonly clientAddress?: string;
  readonly originPage?: string;
  readonly userAgent?: string;
  readonly language?: string;
}

/** What one do-not-call list said. `unreadable` never counts as clear. */
export interface ListFact {
  /** `internal`, `webex:<list name>` or `registry:US`. */
  readonly list: string;
  readonly state: 'listed' | 'clear' | 'unreadable';
  /** When the copy that answered was made, for lists that are copies. */
  readonly asOfMs?: EpochMs;
}

/** Everything a verdict depends on. The decision is a pure function of these facts and the rule table. */
export interface DialFacts {
  /** E.164, with the plus sign. */
  readonly number: string;
  readonly atMs: EpochMs;
  readonly kind: CallKind;
  readonly purpose: Purpose;
  /** Whether the call is placed by an automatic system that plays a recording or selects numbers by itself. Absent means no. */
  readonly automated?: boolean;
  readonly bases: readonly Basis[];
  readonly lists: readonly ListFact[];
  /** Instants of earlier attempts to this number over all calls, lines and caller numbers; `unreadable` defers. */
  readonly attemptsMs: readonly EpochMs[] | 'unreadable';
  /** The same for the line of this call alone. Only rules with a cap per line need it; absent, they defer. */
  readonly attemptsOnLineMs?: readonly EpochMs[] | 'unreadable';
  /** Attempts already made for this very call; Maryland exempts one responding call only. */
  readonly attemptsOfCall: number;
  /** A postal address if one was given: adds candidates, never narrows. */
  readonly address?: { readonly country?: string; readonly region?: string; readonly postalCode?: string };
  /** IANA zone the browser told; adds a candidate, never narrows. */
  readonly browserTimeZone?: string;
  /** What the person or trigger asked for: not before `fromMs`, not at or after `toMs`. */
  readonly window?: { readonly fromMs: EpochMs; readonly toMs?: EpochMs };
  /** The line's own opening hours, if the line has any. */
  readonly lineHours?: LineHours;
  /** Emergency bans in force or known, read fresh; `unreadable` defers. */
  readonly bans: readonly EmergencyBan[] | 'unreadable';
}

/** Opening hours of a line in its own zone; a weekday without an entry is closed. Times are `HH:MM`, end exclusive. */
export interface LineHours {
  readonly timeZone: string;
  readonly weekdays: Partial<Record<Weekday, readonly (readonly [string, string])[]>>;
  /** Closed dates, `YYYY-MM-DD`. */
  readonly holidays?: readonly string[];
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** A ban on calls into a jurisdiction that an operator adds and lifts at run time. */
export interface EmergencyBan {
  readonly id: string;
  /** `US-LA`, `US`, ... */
  readonly jurisdiction: string;
  readonly fromMs: EpochMs;
  readonly toMs?: EpochMs;
  readonly reason: string;
}

export type Verdict =
  | { readonly verdict: 'allow' }
  | { readonly verdict: 'defer'; readonly untilMs: EpochMs }
  | { readonly verdict: 'deny' };

/** One rule's part in a verdict. */
export interface RuleFinding {
  readonly id: string;
  readonly result: 'passed' | 'blocked' | 'lifted' | 'not-applicable' | 'unreadable';
  readonly citation?: string;
  readonly url?: string;
  /** One plain sentence for an operator; never shown to the public. */
  readonly detail: string;
  /** The stated reason, where an operator's setting loosened the rule. */
  readonly loosenedBecause?: string;
}

/** A verdict with all that explains it; stored with the call. */
export type Decision = Verdict & {
  readonly atMs: EpochMs;
  readonly zones: readonly string[];
  readonly jurisdictions: readonly string[];
  readonly findings: readonly RuleFinding[];
  /** The finding that decided a defer or a deny. */
  readonly because?: string;
  /** SHA-256 of the rule table in force (built-in and operator's), hex. */
  readonly tableVersion: string;
  readonly facts: DialFacts;
};
