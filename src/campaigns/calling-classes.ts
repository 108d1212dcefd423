import { type Candidates, candidatesOf } from '../numbering/candidates.ts';
import { addMonths, monthsOf } from '../policy/basis.ts';
import { decide } from '../policy/decide.ts';
import { registriesAsked } from '../policy/registries-asked.ts';
import type { PolicyTable } from '../policy/table.ts';
import type { Basis, Decision, DialFacts, EmergencyBan } from '../policy/types.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { UploadRejectCode } from './reject.ts';
import type { CampaignSettings } from './upload-settings.ts';

export interface CallingClassSettings {
  readonly table: PolicyTable;
  readonly bans: readonly EmergencyBan[];
  /** When the list becomes active. */
  readonly fromMs: EpochMs;
  /** When it expires. */
  readonly toMs: EpochMs;
  readonly basis: CampaignSettings['basis'];
  readonly automated: boolean;
}

/** What the policy says of all contacts that it cannot tell apart. */
export interface CallingClass {
  /** Where nothing but the place and the basis already forbids the call. */
  readonly rejected?: { readonly code: UploadRejectCode; readonly detail: string };
  /** The first lawful instant in the life of the list. */
  readonly opensMs: EpochMs;
  /** Registries that must be asked about each number. */
  readonly asked: readonly string[];
  /** Of the number that came first. */
  readonly facts: DialFacts;
}

const dayMs = 86_400_000;
const areaCodes = 1_000;
const countryCodeOne = 10_000_000_000;
const linesOfAreaCode = 10_000_000;

/**
 * The policy for many contacts. A verdict depends on a number only through the places it may be in, and on a basis only
 * through the rules that it is recent enough to lift; so each such combination is decided once, not each contact.
 */
export class CallingClasses {
  readonly #settings: CallingClassSettings;
  readonly #classes: CallingClass[] = [];
  readonly #byPlace = new Map<string, number>();
  /** One more than the class by area code and freshness, by zone. */
  readonly #byAreaCode = new Map<string | undefined, Uint32Array>();
  /** Months after which some rule no longer counts the basis, ascending. */
  readonly #months: readonly number[];
  /** How many days old a copy of a registry may be, by class and list; undefined where no copy answers. */
  readonly #copyDays = new Map<string, number | undefined>();

  constructor(settings: CallingClassSettings) {
    this.#settings = settings;
    this.#months = monthsThatCount(settings);
  }

  get(index: number): CallingClass {
    return this.#classes[index] as CallingClass;
  }

  /** @returns the index of the contact's class. */
  indexOf(number: string, digits: number, zone: string | undefined, sinceMs: EpochMs | undefined): number {
    const freshness = this.#freshness(sinceMs);
    const areaCode = Math.floor((digits - countryCodeOne) / linesOfAreaCode);
    if (areaCode < 200 || areaCode >= areaCodes) return this.#find(number, zone, freshness);
    let table = this.#byAreaCode.get(zone);
    if (!table) {
      table = new Uint32Array(areaCodes * (this.#months.length + 2));
      this.#byAreaCode.set(zone, table);
    }
    const place = areaCode + areaCodes * freshness;
    const known = table[place] as number;
    if (known > 0) return known - 1;
    const found = this.#find(number, zone, freshness);
    table[place] = found + 1;
    return found;
  }

  /**
   * Until when a copy of a registry that was made at `asOfMs` answers for a class. Undefined where it is too old, or of no
   * age, already when the list becomes active.
   */
  copyEndsMs(index: number, list: string, asOfMs: EpochMs | undefined): EpochMs | undefined {
    const key = `${index} ${list}`;
    if (!this.#copyDays.has(key)) this.#copyDays.set(key, this.#findCopyDays(index, list));
    const days = this.#copyDays.get(key);
    if (days === undefined || asOfMs === undefined) return undefined;
    const endsMs = asOfMs + days * dayMs;
    return endsMs > this.#settings.fromMs ? endsMs : undefined;
  }

  /** Whether one more attempt is left when the class opens, after those that were made. */
  hasAttemptLeft(index: number, attemptsMs: readonly EpochMs[]): boolean {
    const { facts, opensMs } = this.get(index);
    const then = { ...facts, atMs: opensMs, attemptsMs, attemptsOnLineMs: attemptsMs };
    return decide(then, this.#settings.table).verdict === 'allow';
  }

  /** Only the rules that bind the class count, so the verdict is asked how old a copy may be. */
  #findCopyDays(index: number, list: string): number | undefined {
    const { table, fromMs } = this.#settings;
    const { facts } = this.get(index);
    const isTaken = (days: number): boolean => {
      const lists = facts.lists.map((fact) =>
        fact.list === list ? { list, state: 'clear' as const, asOfMs: fromMs - days * dayMs } : fact,
      );
      return decide({ ...facts, lists }, table).findings.every(({ result }) => result !== 'unreadable');
    };
    const ages = table.rules.flatMap(({ rule }) => (rule.registry?.list === list ? [rule.registry.maxAgeDays] : []));
    return ages.sort((one, other) => other - one).find(isTaken);
  }

  #find(number: string, zone: string | undefined, freshness: number): number {
    const evidence = zone === undefined ? {} : { browserTimeZone: zone };
    const candidates = candidatesOf(number, evidence, this.#settings.table.trustedSources);
    const key = placeKey(candidates, freshness);
    const known = this.#byPlace.get(key);
    if (known !== undefined) return known;
    const index = this.#classes.push(this.#decide(number, evidence, freshness)) - 1;
    this.#byPlace.set(key, index);
    return index;
  }

  #decide(number: string, evidence: { browserTimeZone?: string }, freshness: number): CallingClass {
    const { table, bans, fromMs, toMs, automated } = this.#settings;
    const bare: DialFacts = {
      number,
      atMs: fromMs,
      kind: 'outdial',
      purpose: 'marketing',
      automated,
      bases: this.#bases(freshness),
      lists: [{ list: 'internal', state: 'clear' }],
      attemptsMs: [],
      attemptsOnLineMs: [],
      attemptsOfCall: 0,
      ...evidence,
      window: { fromMs, toMs },
      bans,
    };
    const asked = registriesAsked(bare, table);
    const clear = asked.map((list) => ({ list, state: 'clear' as const, asOfMs: fromMs }));
    const facts = { ...bare, lists: [...bare.lists, ...clear] };
    const decision = decide(facts, table);
    const opensMs = decision.verdict === 'defer' ? decision.untilMs : fromMs;
    return { asked, facts, opensMs, ...(decision.verdict === 'deny' && { rejected: rejectionOf(decision) }) };
  }

  /** 0 without a basis; else one more than the number of limits that it keeps to until the list expires. */
  #freshness(sinceMs: EpochMs | undefined): number {
    const { basis, toMs } = this.#settings;
    if (!basis) return 0;
    const startMs = sinceMs ?? (basis.since === undefined ? undefined : Date.parse(basis.since));
    if (startMs === undefined) return 0;
    return 1 + this.#months.filter((months) => !Number.isFinite(months) || toMs < addMonths(startMs, months)).length;
  }

  /** A basis that keeps to just so many of the limits: the rules cannot tell it from the contact's own. */
  #bases(freshness: number): readonly Basis[] {
    const { basis, fromMs } = this.#settings;
    if (!basis || freshness === 0) return [];
    const passed = this.#months[this.#months.length - freshness];
    const startMs = passed === undefined ? fromMs : addMonths(fromMs, -passed);
    return [{ type: basis.type, startMs, inquiry: basis.inquiry, purpose: 'marketing' }];
  }
}

const placeKey = ({ zones, jurisdictions }: Candidates, freshness: number): string =>
  `${zones.join()} ${jurisdictions.join()} ${freshness}`;

/** Every limit in months that a rule sets to such a basis, and the ones that hold where it sets none. */
function monthsThatCount({ table, basis }: CallingClassSettings): number[] {
  if (!basis) return [];
  const { type, inquiry } = basis;
  const lifts = table.rules.flatMap(({ rule }) => rule.liftedBy.filter((lift) => lift.basis === type));
  const months = [...lifts, { basis: type }].map((lift) => monthsOf(lift, inquiry));
  return [...new Set(months)].sort((one, other) => one - other);
}

function rejectionOf({ because, findings }: Decision): { code: UploadRejectCode; detail: string } {
  const finding = findings.find(({ id }) => id === because);
  const detail = `${because}: ${finding?.detail ?? ''}`.trim();
  if (because === 'known-zone') return { code: 'place-unknown', detail };
  if (because === 'no-lawful-instant' || because === 'window-over') return { code: 'no-lawful-time', detail };
  return { code: 'basis-needed', detail };
}
