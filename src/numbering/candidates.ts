import { isTimeZone } from './time-zone.ts';
import { countryOfZone, isCountry, zonesOfCountry } from './countries.ts';
import { REGION_CODES, regionNamed, regionOfZone, regionsOfPostalCode, zonesOfRegion } from './regions.ts';
import { numberPlans } from './table.ts';

/** Evidence of where the called person may be, beside the number. */
export interface PlaceEvidence {
  readonly address?: { readonly country?: string; readonly region?: string; readonly postalCode?: string };
  /** IANA zone that the browser told; a name that is no zone says nothing. */
  readonly browserTimeZone?: string;
}

/** A source the operator trusts more than the number; all others only ever add candidates. */
export type TrustedSource = 'address' | 'browser';

/** Everywhere the called person may be. No zone at all means that nothing is known, and then nothing may be dialed. */
export interface Candidates {
  /** IANA names, sorted. */
  readonly zones: readonly string[];
  /** `US`, `US-FL`, `GB`, ...; a region always comes with its country. Sorted. */
  readonly jurisdictions: readonly string[];
  /** Whether the number itself is tied to a place, so that its zones are those of the place rather than of the country. */
  readonly geographic: boolean;
}

interface Place {
  readonly zones: readonly string[];
  readonly jurisdictions: readonly string[];
}

const NOWHERE: Place = { zones: [], jurisdictions: [] };
const E164 = /^\+[1-9]\d{6,14}$/;
const CALLING_CODE_DIGITS_MAX = 3;
const NPA_DIGITS = 3;

/**
 * The zones and jurisdictions a number may be in, with an address and a browser zone added where given.
 * Sources add to each other and narrow nothing, unless `trusted` names one that has something to say.
 */
export function candidatesOf(
  number: string,
  evidence: PlaceEvidence = {},
  trusted: readonly TrustedSource[] = [],
): Candidates {
  const { geographic, ...byNumber } = placeOfNumber(number);
  const byAddress = placeOfAddress(evidence.address, byNumber.jurisdictions);
  const byBrowser = placeOfBrowser(evidence.browserTimeZone);
  const places = choosePlaces(byNumber, byAddress, byBrowser, trusted);
  return {
    zones: sorted(places.flatMap(({ zones }) => zones)),
    jurisdictions: sorted(places.flatMap(({ jurisdictions }) => jurisdictions).flatMap(withCountry)),
    geographic,
  };
}

/** The zone that a number rings in; undefined where it may be several. */
export function zoneOfNumber(number: string | undefined): string | undefined {
  const zones = number === undefined ? [] : candidatesOf(number).zones;
  return zones.length === 1 ? zones[0] : undefined;
}

function choosePlaces(
  byNumber: Place,
  byAddress: Place,
  byBrowser: Place,
  trusted: readonly TrustedSource[],
): readonly Place[] {
  if (trusted.includes('address') && byAddress.zones.length > 0) return [byAddress];
  if (trusted.includes('browser') && byBrowser.zones.length > 0) {
    return [{ ...byNumber, zones: [] }, { ...byAddress, zones: [] }, byBrowser];
  }
  return [byNumber, byAddress, byBrowser];
}

const sorted = (words: readonly string[]): string[] => [...new Set(words)].sort();
const withCountry = (jurisdiction: string): string[] => [jurisdiction.slice(0, 2), jurisdiction];

function placeOfNumber(number: string): Place & { readonly geographic: boolean } {
  if (!E164.test(number)) return { ...NOWHERE, geographic: false };
  const digits = number.slice(1);
  if (digits.startsWith('1')) return placeOfNorthAmericanNumber(digits);
  const { codes } = numberPlans();
  for (let length = 1; length <= CALLING_CODE_DIGITS_MAX; length += 1) {
    const plan = codes.get(digits.slice(0, length));
    if (plan === undefined) continue;
    const national = digits.slice(length);
    const minor = plan.others.find(({ pattern }) => pattern.test(national))?.country;
    const geographic = plan.geographic?.test(national) ?? true;
    // A minor country's own range is a place of its own, even for its mobile numbers: Kazakhstan within +7.
    const placed = geographic || minor !== undefined;
    const zones = placed ? zonesByPrefix(plan.prefixes, national, plan.zones) : plan.zones;
    return { zones, jurisdictions: [minor ?? plan.mainCountry], geographic };
  }
  return { ...NOWHERE, geographic: false };
}

function zonesByPrefix(
  prefixes: ReadonlyMap<string, readonly string[]>,
  national: string,
  otherwise: readonly string[],
): readonly string[] {
  for (let length = national.length; length > 0; length -= 1) {
    const zones = prefixes.get(national.slice(0, length));
    if (zones !== undefined) return zones;
  }
  return otherwise;
}

/** Toll-free, personal and not yet assigned codes ring anywhere in the plan, so they take every zone and every state of it. */
function placeOfNorthAmericanNumber(digits: string): Place & { readonly geographic: boolean } {
  const { codes, areaCodes } = numberPlans();
  const areaCode = areaCodes.get(digits.slice(1, 1 + NPA_DIGITS));
  if (areaCode !== undefined) return { ...areaCode, geographic: true };
  return { zones: codes.get('1')?.zones ?? [], jurisdictions: REGION_CODES, geographic: false };
}

function placeOfAddress(address: PlaceEvidence['address'], known: readonly string[]): Place {
  if (address === undefined) return NOWHERE;
  const country = address.country?.trim().toUpperCase();
  const knownCountries = [...new Set(known.map((jurisdiction) => jurisdiction.slice(0, 2)))];
  const countries = country === undefined ? knownCountries : [country];
  const named = address.region === undefined ? undefined : regionNamed(address.region, countries);
  const regions = [
    ...(named === undefined ? [] : [named]),
    ...(address.postalCode === undefined ? [] : regionsOfPostalCode(address.postalCode, countries)),
  ];
  if (regions.length > 0) return { zones: regions.flatMap((region) => zonesOfRegion(region)), jurisdictions: regions };
  // The number's own country again says nothing new; another country is a place of its own, with all its zones.
  if (country === undefined || knownCountries.includes(country) || !isCountry(country)) return NOWHERE;
  return { zones: zonesOfCountry(country), jurisdictions: [country] };
}

function placeOfBrowser(zone: string | undefined): Place {
  if (zone === undefined || !isTimeZone(zone)) return NOWHERE;
  const place = regionOfZone(zone) ?? countryOfZone(zone);
  return { zones: [zone], jurisdictions: place === undefined ? [] : [place] };
}
