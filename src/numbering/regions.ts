/**
 * States, territories and provinces of the North American plan: facts from the postal services and the IANA zone table.
 * A region lists every zone its people keep by law, so two candidates are better than one wrong one.
 */
interface RegionRow {
  readonly code: string;
  readonly name: string;
  readonly zones: readonly string[];
}

const ZONE_OF: Readonly<Record<string, string>> = {
  E: 'America/New_York',
  C: 'America/Chicago',
  M: 'America/Denver',
  P: 'America/Los_Angeles',
  T: 'America/Toronto',
  W: 'America/Winnipeg',
  D: 'America/Edmonton',
  H: 'America/Halifax',
  V: 'America/Vancouver',
};

/** `code|name|zones`; a zone is a letter of `ZONE_OF` or a whole IANA name. */
const US_ROWS = `AL|Alabama|C
AK|Alaska|America/Anchorage America/Juneau America/Adak
AZ|Arizona|America/Phoenix M
AR|Arkansas|C
CA|California|P
CO|Colorado|M
CT|Connecticut|E
DE|Delaware|E
DC|District of Columbia|E
FL|Florida|E C
GA|Georgia|E
HI|Hawaii|Pacific/Honolulu
ID|Idaho|America/Boise P
IL|Illinois|C
IN|Indiana|E C
IA|Iowa|C
KS|Kansas|C M
KY|Kentucky|E C
LA|Louisiana|C
ME|Maine|E
MD|Maryland|E
MA|Massachusetts|E
MI|Michigan|E C
MN|Minnesota|C
MS|Mississippi|C
MO|Missouri|C
MT|Montana|M
NE|Nebraska|C M
NV|Nevada|P M
NH|New Hampshire|E
NJ|New Jersey|E
NM|New Mexico|M
NY|New York|E
NC|North Carolina|E
ND|North Dakota|C M
OH|Ohio|E
OK|Oklahoma|C
OR|Oregon|P America/Boise
PA|Pennsylvania|E
RI|Rhode Island|E
SC|South Carolina|E
SD|South Dakota|C M
TN|Tennessee|E C
TX|Texas|C M
UT|Utah|M
VT|Vermont|E
VA|Virginia|E
WA|Washington|P
WV|West Virginia|E
WI|Wisconsin|C
WY|Wyoming|M
AS|American Samoa|Pacific/Pago_Pago
GU|Guam|Pacific/Guam
MP|Northern Mariana Islands|Pacific/Saipan
PR|Puerto Rico|America/Puerto_Rico
VI|Virgin Islands|America/St_Thomas`;

const CA_ROWS = `AB|Alberta|D
BC|British Columbia|V D America/Fort_Nelson
MB|Manitoba|W
NB|New Brunswick|H
NL|Newfoundland and Labrador|America/St_Johns H
NS|Nova Scotia|H
NT|Northwest Territories|D
NU|Nunavut|T W D
ON|Ontario|T W
PE|Prince Edward Island|H
QC|Quebec|T H America/Puerto_Rico
SK|Saskatchewan|America/Regina D
YT|Yukon|America/Whitehorse`;

const readRows = (country: string, rows: string): RegionRow[] =>
  rows.split('\n').map((row) => {
    const [code = '', name = '', zones = ''] = row.split('|');
    return { code: `${country}-${code}`, name, zones: zones.split(' ').map((zone) => ZONE_OF[zone] ?? zone) };
  });

const REGIONS: ReadonlyMap<string, RegionRow> = new Map(
  [...readRows('US', US_ROWS), ...readRows('CA', CA_ROWS)].map((row) => [row.code, row]),
);

/** Every state, territory and province, as `US-FL` or `CA-ON`. */
export const REGION_CODES: readonly string[] = [...REGIONS.keys()];

/** Zones kept in a state or province; empty where the code is not one of ours. */
export const zonesOfRegion = (code: string): readonly string[] => REGIONS.get(code)?.zones ?? [];

/** Finds `US-FL` for `FL`, `US-FL` or `Florida`, in any case, within the countries that are possible. */
export function regionNamed(region: string, countries: readonly string[]): string | undefined {
  const wanted = region.trim().toUpperCase();
  for (const { code, name } of REGIONS.values()) {
    const country = code.slice(0, 2);
    const matches = code === wanted || code.slice(3) === wanted || name.toUpperCase() === wanted;
    if (matches && countries.includes(country)) return code;
  }
  return undefined;
}

/** First three digits of a ZIP code, as `from-to` or one number; a prefix may serve two states. USPS, publication 28 and L002. */
const ZIP3 = `NY 5 63 100-149|PR 6-7 9|VI 8|MA 10-27 55|RI 28-29|NH 30-38|ME 39-49|VT 50-54 56-59|CT 60-69|NJ 70-89
PA 150-196|DE 197-199|DC 200 202-205 569|VA 201 220-246|MD 206-219|WV 247-268|NC 270-289|SC 290-299|GA 300-319 398-399
FL 320-339 341-342 344 346-347 349|AL 350-369|TN 370-385|MS 386-397|KY 400-427|OH 430-459|IN 460-479|MI 480-499|IA 500-528
WI 530-549|MN 550-567|SD 570-577|ND 580-588|MT 590-599|IL 600-629|MO 630-658|KS 660-679|NE 680-693|LA 700-714|AR 716-729
OK 730-732 734-749|TX 733 750-799 885|CO 800-816|WY 820-831 834|ID 832-838|UT 840-847|AZ 850-865|NM 865 870-884|NV 889-898
CA 900-961|HI 967-968|AS 967|GU 969|MP 969|OR 970-979|WA 980-994|AK 995-999`;

/** Military and diplomatic addresses (AA 340, AE 090-098, AP 962-966) can be anywhere and say nothing about a state. */
const statesByZip3 = new Map<number, string[]>();
for (const entry of ZIP3.split(/[|\n]/)) {
  const [state = '', ...ranges] = entry.split(' ');
  for (const range of ranges) {
    const [from = 0, to = from] = range.split('-').map(Number);
    for (let prefix = from; prefix <= to; prefix += 1) {
      statesByZip3.set(prefix, [...(statesByZip3.get(prefix) ?? []), `US-${state}`]);
    }
  }
}

/** First letter of a Canadian postal code. Canada Post, forward sortation areas. */
const PROVINCES_BY_LETTER: Readonly<Record<string, readonly string[]>> = {
  A: ['CA-NL'],
  B: ['CA-NS'],
  C: ['CA-PE'],
  E: ['CA-NB'],
  G: ['CA-QC'],
  H: ['CA-QC'],
  J: ['CA-QC'],
  K: ['CA-ON'],
  L: ['CA-ON'],
  M: ['CA-ON'],
  N: ['CA-ON'],
  P: ['CA-ON'],
  R: ['CA-MB'],
  S: ['CA-SK'],
  T: ['CA-AB'],
  V: ['CA-BC'],
  X: ['CA-NT', 'CA-NU'],
  Y: ['CA-YT'],
};

/** States or provinces that a postal code lies in, within the countries that are possible; empty where it says nothing. */
export function regionsOfPostalCode(postalCode: string, countries: readonly string[]): readonly string[] {
  const code = postalCode.trim().toUpperCase();
  if (countries.includes('US') && /^\d{5}(-?\d{4})?$/.test(code))
    return statesByZip3.get(Number(code.slice(0, 3))) ?? [];
  if (countries.includes('CA') && /^[A-Z]\d[A-Z]( ?\d[A-Z]\d)?$/.test(code))
    return PROVINCES_BY_LETTER[code.charAt(0)] ?? [];
  return [];
}

/** Zones that lie in one state or province only, so that a browser's zone names the region too. IANA backzone and zone1970. */
const REGION_BY_ZONE: Readonly<Record<string, string>> = {
  'America/Adak': 'US-AK',
  'America/Anchorage': 'US-AK',
  'America/Juneau': 'US-AK',
  'America/Nome': 'US-AK',
  'America/Sitka': 'US-AK',
  'America/Yakutat': 'US-AK',
  'America/Metlakatla': 'US-AK',
  'America/Phoenix': 'US-AZ',
  'America/Detroit': 'US-MI',
  'America/Menominee': 'US-MI',
  'Pacific/Honolulu': 'US-HI',
  'America/Puerto_Rico': 'US-PR',
  'America/St_Thomas': 'US-VI',
  'Pacific/Guam': 'US-GU',
  'Pacific/Saipan': 'US-MP',
  'Pacific/Pago_Pago': 'US-AS',
  'America/St_Johns': 'CA-NL',
  'America/Halifax': 'CA',
  'America/Toronto': 'CA',
  'America/Winnipeg': 'CA',
  'America/Edmonton': 'CA',
  'America/Regina': 'CA-SK',
  'America/Vancouver': 'CA-BC',
  'America/Whitehorse': 'CA-YT',
  'America/New_York': 'US',
  'America/Chicago': 'US',
  'America/Denver': 'US',
  'America/Boise': 'US',
  'America/Los_Angeles': 'US',
};

const PREFIXES_BY_ZONE: readonly (readonly [string, string])[] = [
  ['America/Indiana/', 'US-IN'],
  ['America/Kentucky/', 'US-KY'],
  ['America/North_Dakota/', 'US-ND'],
];

/** The region a zone lies in, its country where it spans several regions, or undefined where we do not know. */
export const regionOfZone = (zone: string): string | undefined =>
  REGION_BY_ZONE[zone] ?? PREFIXES_BY_ZONE.find(([prefix]) => zone.startsWith(prefix))?.[1];
