import { REGION_CODES, zonesOfRegion } from './regions.ts';
import { numberPlans } from './table.ts';

interface Countries {
  readonly zones: ReadonlyMap<string, readonly string[]>;
  readonly countryByZone: ReadonlyMap<string, string>;
}

let countries: Countries | undefined;

/** Zones by country from the number plans; US and CA from their states, because their plan is shared with 23 more. */
function knownCountries(): Countries {
  countries ??= collect();
  return countries;
}

function collect(): Countries {
  const { codes, areaCodes } = numberPlans();
  const zones = new Map<string, readonly string[]>();
  for (const { mainCountry, others, zones: all } of codes.values()) {
    for (const country of [mainCountry, ...others.map((other) => other.country)]) zones.set(country, all);
  }
  for (const { jurisdictions, zones: all } of areaCodes.values()) {
    for (const place of jurisdictions) if (!place.includes('-')) zones.set(place, all);
  }
  for (const country of ['US', 'CA']) {
    const regions = REGION_CODES.filter((code) => code.startsWith(`${country}-`));
    zones.set(country, [...new Set(regions.flatMap((region) => zonesOfRegion(region)))]);
  }
  return { zones, countryByZone: ownersOf(zones) };
}

/** A zone names its country only where no other country keeps it in the plans. */
function ownersOf(zones: ReadonlyMap<string, readonly string[]>): Map<string, string> {
  const owners = new Map<string, string>();
  const shared = new Set<string>();
  for (const [country, all] of zones) {
    for (const zone of all) {
      if (owners.has(zone)) shared.add(zone);
      owners.set(zone, country);
    }
  }
  for (const zone of shared) owners.delete(zone);
  return owners;
}

/** Every zone of a country (ISO 3166-1 alpha-2); empty where the country is unknown. */
export const zonesOfCountry = (country: string): readonly string[] => knownCountries().zones.get(country) ?? [];

/** Whether a two-letter code is a country that has a calling code. */
export const isCountry = (country: string): boolean => knownCountries().zones.has(country);

/** The one country that keeps a zone, or undefined where several do or none is known. */
export const countryOfZone = (zone: string): string | undefined => knownCountries().countryByZone.get(zone);

/** Whether rules and bans may name this place: a country with a calling code, or a US or Canadian region. */
export const isJurisdiction = (code: string): boolean => isCountry(code) || REGION_CODES.includes(code);
