import { describe, expect, it } from 'vitest';
import { candidatesOf } from '../../../src/numbering/candidates.ts';
import { isJurisdiction } from '../../../src/numbering/countries.ts';
import { REGION_CODES } from '../../../src/numbering/regions.ts';

/** Google's number-to-zone data of July 2026: area codes whose prefixes lie in several zones, and their state or province. */
const MULTI_ZONE_AREA_CODES: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  '208': ['US-ID', ['America/Boise', 'America/Denver', 'America/Los_Angeles']],
  '219': ['US-IN', ['America/Chicago', 'America/New_York']],
  '250': ['CA-BC', ['America/Edmonton', 'America/Vancouver']],
  '270': ['US-KY', ['America/Chicago', 'America/New_York']],
  '308': ['US-NE', ['America/Chicago', 'America/Denver']],
  '418': ['CA-QC', ['America/Halifax', 'America/Toronto']],
  '423': ['US-TN', ['America/Chicago', 'America/New_York']],
  '541': ['US-OR', ['America/Denver', 'America/Los_Angeles']],
  '574': ['US-IN', ['America/Chicago', 'America/New_York']],
  '605': ['US-SD', ['America/Chicago', 'America/Denver', 'America/North_Dakota/Center']],
  '606': ['US-KY', ['America/Chicago', 'America/New_York']],
  '620': ['US-KS', ['America/Chicago', 'America/Denver']],
  '701': ['US-ND', ['America/Chicago', 'America/Denver', 'America/North_Dakota/Center']],
  '709': ['CA-NL', ['America/Halifax', 'America/Puerto_Rico', 'America/St_Johns']],
  '775': ['US-NV', ['America/Boise', 'America/Denver', 'America/Los_Angeles']],
  '785': ['US-KS', ['America/Chicago', 'America/Denver']],
  '807': ['CA-ON', ['America/Toronto', 'America/Winnipeg']],
  '812': ['US-IN', ['America/Chicago', 'America/New_York']],
  '850': ['US-FL', ['America/Chicago', 'America/New_York']],
  '867': [
    'CA-YT',
    ['America/Edmonton', 'America/Fort_Nelson', 'America/Toronto', 'America/Vancouver', 'America/Winnipeg'],
  ],
  '879': ['CA-NL', ['America/Puerto_Rico', 'America/St_Johns']],
  '906': ['US-MI', ['America/Chicago', 'America/New_York']],
  '907': ['US-AK', ['America/Adak', 'America/Anchorage', 'America/Juneau', 'Pacific/Honolulu']],
  '928': ['US-AZ', ['America/Denver', 'America/Phoenix']],
  '986': ['US-ID', ['America/Boise', 'America/Los_Angeles']],
};

/** Overlay and the code whose land it shares. The first eight are listed with one zone though the parent has two. */
const OVERLAYS: readonly (readonly [string, string])[] = [
  ['364', '270'],
  ['367', '418'],
  ['448', '850'],
  ['458', '541'],
  ['930', '812'],
  ['236', '250'],
  ['672', '250'],
  ['778', '250'],
  ['257', '250'],
  ['581', '418'],
];

describe('candidates of a North American number', () => {
  it.each(Object.entries(MULTI_ZONE_AREA_CODES))('has every zone of area code %s', (npa, [region, zones]) => {
    const candidates = candidatesOf(`+1${npa}5550132`);

    expect(candidates.zones).toEqual(zones);
    expect(candidates.jurisdictions).toEqual(expect.arrayContaining([region.slice(0, 2), region]));
    expect(candidates.geographic).toBe(true);
  });

  it.each(OVERLAYS)('gives overlay %s the zones of its parent %s', (overlay, parent) => {
    const candidates = candidatesOf(`+1${overlay}5550132`);

    expect(candidates.zones).toEqual(candidatesOf(`+1${parent}5550132`).zones);
    expect(candidates.zones.length).toBeGreaterThan(1);
  });

  it.each([
    ['689', '407'],
    ['474', '306'],
  ])('adds the zone of parent %2$s where the data gives overlay %1$s another', (overlay, parent) => {
    const candidates = candidatesOf(`+1${overlay}5550132`);

    expect(candidates.zones).toEqual(expect.arrayContaining([...candidatesOf(`+1${parent}5550132`).zones]));
  });

  it('has one zone for an area code in one zone', () => {
    const candidates = candidatesOf('+14155550132');

    expect(candidates).toEqual({ zones: ['America/Los_Angeles'], jurisdictions: ['US', 'US-CA'], geographic: true });
  });

  it('has both provinces of a code that two share', () => {
    const candidates = candidatesOf('+19025550132');

    expect(candidates.jurisdictions).toEqual(['CA', 'CA-NS', 'CA-PE']);
  });

  it.each([
    ['787', 'US-PR', 'America/Puerto_Rico'],
    ['939', 'US-PR', 'America/Puerto_Rico'],
    ['340', 'US-VI', 'America/St_Thomas'],
    ['671', 'US-GU', 'Pacific/Guam'],
    ['684', 'US-AS', 'Pacific/Pago_Pago'],
    ['670', 'US-MP', 'Pacific/Saipan'],
  ])('has the US territory of area code %s', (npa, territory, zone) => {
    const candidates = candidatesOf(`+1${npa}5550132`);

    expect(candidates).toEqual({ zones: [zone], jurisdictions: ['US', territory], geographic: true });
  });

  it.each(['800', '833', '844', '855', '866', '877', '888', '500', '900', '273'])(
    'has every zone and region of the plan for code %s, which is tied to no place',
    (npa) => {
      const candidates = candidatesOf(`+1${npa}5550132`);

      expect(candidates.geographic).toBe(false);
      expect(candidates.zones).toEqual(
        expect.arrayContaining([
          'America/St_Johns',
          'America/New_York',
          'America/Adak',
          'Pacific/Honolulu',
          'Pacific/Guam',
        ]),
      );
      expect(candidates.jurisdictions).toEqual(expect.arrayContaining(['US', 'CA', ...REGION_CODES]));
    },
  );

  it('has the country of a Caribbean area code', () => {
    expect(candidatesOf('+18765550132')).toEqual({
      zones: ['America/Jamaica'],
      jurisdictions: ['JM'],
      geographic: true,
    });
  });
});

describe('candidates of a number elsewhere', () => {
  it('has all Australian zones for a mobile number', () => {
    const candidates = candidatesOf('+61412345678');

    expect(candidates.jurisdictions).toEqual(['AU']);
    expect(candidates.geographic).toBe(false);
    expect(candidates.zones).toEqual(
      expect.arrayContaining([
        'Australia/Perth',
        'Australia/Darwin',
        'Australia/Adelaide',
        'Australia/Brisbane',
        'Australia/Sydney',
        'Australia/Lord_Howe',
      ]),
    );
  });

  it('has the zones of its prefix for an Australian fixed line', () => {
    expect(candidatesOf('+61291234567')).toEqual({
      zones: ['Australia/Sydney'],
      jurisdictions: ['AU'],
      geographic: true,
    });
  });

  it('has all Russian zones for a mobile number', () => {
    const candidates = candidatesOf('+79161234567');

    expect(candidates.jurisdictions).toEqual(['RU']);
    expect(candidates.zones).toEqual(
      expect.arrayContaining([
        'Europe/Kaliningrad',
        'Europe/Moscow',
        'Europe/Samara',
        'Asia/Vladivostok',
        'Asia/Kamchatka',
      ]),
    );
  });

  it.each([
    ['+74012123456', 'RU', ['Europe/Kaliningrad']],
    ['+74232123456', 'RU', ['Asia/Vladivostok']],
    ['+77011234567', 'KZ', ['Asia/Almaty', 'Asia/Aqtobe']],
    ['+442071234567', 'GB', ['Europe/London']],
    ['+441481256789', 'GG', ['Europe/Guernsey']],
    ['+33612345678', 'FR', ['Europe/Paris']],
    ['+34922123456', 'ES', ['Atlantic/Canary']],
    ['+34612345678', 'ES', ['Atlantic/Canary', 'Europe/Madrid']],
    ['+5511987654321', 'BR', ['America/Sao_Paulo']],
    ['+6281234567890', 'ID', ['Asia/Jakarta', 'Asia/Jayapura', 'Asia/Makassar']],
    ['+353861234567', 'IE', ['Europe/Dublin']],
    ['+213551234567', 'DZ', ['Africa/Algiers']],
  ])('places %s in %s', (number, country, zones) => {
    const candidates = candidatesOf(number);

    expect(candidates.zones).toEqual(zones);
    expect(candidates.jurisdictions).toEqual([country]);
  });

  it.each([
    '+80012345678',
    '+80812345678',
    '+870773111632',
    '+882161234567',
    '+883510012345',
    '+979123456789',
    '+999123456789',
    '4155550132',
    '+0123456789',
    'x',
  ])('knows no zone for %s', (number) => {
    expect(candidatesOf(number)).toEqual({ zones: [], jurisdictions: [], geographic: false });
  });
});

describe('further evidence of the place', () => {
  it.each([
    ['33101', 'US-FL', 'America/New_York'],
    ['96799', 'US-AS', 'Pacific/Pago_Pago'],
    ['00901', 'US-PR', 'America/Puerto_Rico'],
    ['06390', 'US-NY', 'America/New_York'],
    ['99950-1234', 'US-AK', 'America/Anchorage'],
  ])('adds the state of ZIP code %s', (postalCode, state, zone) => {
    const candidates = candidatesOf('+14155550132', { address: { postalCode } });

    expect(candidates.jurisdictions).toEqual(expect.arrayContaining(['US', 'US-CA', state]));
    expect(candidates.zones).toEqual(expect.arrayContaining(['America/Los_Angeles', zone]));
  });

  it('adds the province of a Canadian postal code', () => {
    const candidates = candidatesOf('+16045550132', { address: { country: 'CA', postalCode: 'a1b 2c3' } });

    expect(candidates.jurisdictions).toEqual(['CA', 'CA-BC', 'CA-NL']);
    expect(candidates.zones).toContain('America/St_Johns');
  });

  it.each(['FL', 'us-fl', 'Florida'])('adds the state named %s', (region) => {
    expect(candidatesOf('+14155550132', { address: { region } }).jurisdictions).toEqual(['US', 'US-CA', 'US-FL']);
  });

  it('adds another country with all its zones', () => {
    const candidates = candidatesOf('+14155550132', { address: { country: 'au' } });

    expect(candidates.jurisdictions).toEqual(['AU', 'US', 'US-CA']);
    expect(candidates.zones).toEqual(
      expect.arrayContaining(['America/Los_Angeles', 'Australia/Perth', 'Australia/Sydney']),
    );
  });

  it.each([
    { country: 'US' },
    { country: 'XX' },
    { postalCode: '09012' },
    { postalCode: 'none' },
    { region: 'Bavaria' },
  ])('adds nothing for an address that says nothing new: %o', (address) => {
    expect(candidatesOf('+14155550132', { address })).toEqual(candidatesOf('+14155550132'));
  });

  it.each([
    ['America/Phoenix', ['US', 'US-AZ', 'US-CA']],
    ['America/Indiana/Knox', ['US', 'US-CA', 'US-IN']],
    ['America/New_York', ['US', 'US-CA']],
    ['Europe/Paris', ['FR', 'US', 'US-CA']],
    ['Etc/GMT+5', ['US', 'US-CA']],
  ])('adds the browser zone %s and what it names', (browserTimeZone, jurisdictions) => {
    const candidates = candidatesOf('+14155550132', { browserTimeZone });

    expect(candidates.zones).toEqual(['America/Los_Angeles', browserTimeZone].sort());
    expect(candidates.jurisdictions).toEqual(jurisdictions);
  });

  it.each(['Mars/Olympus', '+01:00', '', 'x'.repeat(200)])(
    'adds nothing for the browser zone "%s"',
    (browserTimeZone) => {
      expect(candidatesOf('+14155550132', { browserTimeZone })).toEqual(candidatesOf('+14155550132'));
    },
  );

  it('counts a trusted address instead of the number', () => {
    const candidates = candidatesOf('+18005550132', { address: { country: 'US', region: 'IN' } }, ['address']);

    expect(candidates.zones).toEqual(['America/Chicago', 'America/New_York']);
    expect(candidates.jurisdictions).toEqual(['US', 'US-IN']);
  });

  it('counts a trusted browser zone instead of the zones of the number, whose jurisdictions stay', () => {
    const candidates = candidatesOf('+18505550132', { browserTimeZone: 'America/Chicago' }, ['browser']);

    expect(candidates.zones).toEqual(['America/Chicago']);
    expect(candidates.jurisdictions).toEqual(['US', 'US-FL']);
  });

  it('goes by the number when a trusted source says nothing', () => {
    expect(candidatesOf('+14155550132', { browserTimeZone: 'Mars/Olympus' }, ['browser', 'address'])).toEqual(
      candidatesOf('+14155550132'),
    );
  });
});

describe('jurisdictions that rules may name', () => {
  it.each(['US', 'CA', 'GB', 'FR', 'DE', 'AU', 'JM', 'US-FL', 'US-PR', 'CA-QC'])('knows %s', (code) => {
    expect(isJurisdiction(code)).toBe(true);
  });

  it.each(['PN', 'US-PN', 'us', 'FR-75', '', 'EU'])('does not know "%s"', (code) => {
    expect(isJurisdiction(code)).toBe(false);
  });
});
