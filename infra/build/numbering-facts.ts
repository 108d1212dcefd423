/**
 * Facts kept by hand beside Google's number data, because the data set leaves them out or names a neighbour's zone.
 * Sources: NANPA area code map and planning letters, IANA zone1970.tab.
 */

/** Area codes without a whole-code place in the geocoding data. `BB` is a country, `US-CT` a state or territory. */
export const NPA_PLACES: Readonly<Record<string, string>> = {
  '203': 'US-CT',
  '242': 'BS',
  '246': 'BB',
  '264': 'AI',
  '268': 'AG',
  '284': 'VG',
  '310': 'US-CA',
  '340': 'US-VI',
  '345': 'KY',
  '441': 'BM',
  '473': 'GD',
  '649': 'TC',
  '658': 'JM',
  '664': 'MS',
  '670': 'US-MP',
  '671': 'US-GU',
  '684': 'US-AS',
  '713': 'US-TX',
  '718': 'US-NY',
  '721': 'SX',
  '757': 'US-VA',
  '758': 'LC',
  '767': 'DM',
  '784': 'VC',
  '787': 'US-PR',
  '809': 'DO',
  '829': 'DO',
  '849': 'DO',
  '868': 'TT',
  '869': 'KN',
  '876': 'JM',
  '905': 'CA-ON',
  '939': 'US-PR',
};

/** Places the geocoding data names in words of its own. */
export const PLACE_REGIONS: Readonly<Record<string, readonly string[]>> = {
  'Washington D.C.': ['US-DC'],
  'Washington State': ['US-WA'],
  'British Colombia': ['CA-BC'],
  'Nova Scotia/Prince Edward Island': ['CA-NS', 'CA-PE'],
  'Northwest Territories/Nunavut/Yukon': ['CA-NT', 'CA-NU', 'CA-YT'],
};

/**
 * Overlay area codes and the code whose land they share: an overlay is listed with fewer zones than its parent, or with
 * another, though a number of either can ring in the same house.
 */
export const OVERLAYS: Readonly<Record<string, string>> = {
  '364': '270',
  '367': '418',
  '448': '850',
  '458': '541',
  '930': '812',
  '236': '250',
  '672': '250',
  '778': '250',
  '257': '250',
  '474': '306',
  '581': '418',
  '689': '407',
};

/** Where the zone data stands a neighbour with other summer time in for a country's own zone. Calling code, theirs, ours. */
export const ZONE_CORRECTIONS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  '7': { 'Europe/Bucharest': ['Europe/Kaliningrad'] },
  '52': { 'America/New_York': ['America/Cancun'] },
  '211': { 'Africa/Nairobi': ['Africa/Juba'] },
  '212': { 'Atlantic/Canary': ['Africa/Casablanca'] },
  '213': { 'Europe/Paris': ['Africa/Algiers'] },
  '218': { 'Europe/Bucharest': ['Africa/Tripoli'] },
  '353': {
    'Europe/Guernsey': ['Europe/Dublin'],
    'Europe/Isle_of_Man': ['Europe/Dublin'],
    'Europe/London': ['Europe/Dublin'],
  },
  '370': { 'Europe/Bucharest': ['Europe/Vilnius'] },
  '371': { 'Europe/Bucharest': ['Europe/Riga'] },
  '372': { 'Europe/Bucharest': ['Europe/Tallinn'] },
  '375': { 'Europe/Moscow': ['Europe/Minsk'] },
  '505': { 'America/Chicago': ['America/Managua'] },
  '970': { 'Europe/Bucharest': ['Asia/Gaza', 'Asia/Hebron'] },
};

/** Zones of a country that no prefix of the data names, added to its country-wide set. */
export const COUNTRY_ZONES_EXTRA: Readonly<Record<string, readonly string[]>> = {
  '56': ['America/Punta_Arenas', 'America/Coyhaique'],
  '61': ['Australia/Darwin', 'Australia/Hobart', 'Australia/Melbourne'],
  '299': ['America/Danmarkshavn'],
  '675': ['Pacific/Bougainville'],
};

/** Calling codes whose mobile numbers carry an area code, as in Google's own mapper, so that the prefix still tells the place. */
export const MOBILE_WITH_AREA_CODE: readonly string[] = ['52', '54', '55'];
