import {
  type CountryCode,
  Metadata,
  type NumberType,
  getCountries,
  getCountryCallingCode,
} from 'libphonenumber-js/max';

/** What a national number is. */
export interface PlanPlace {
  readonly country: CountryCode;
  readonly type: NonNullable<NumberType>;
}

interface CountryPlan {
  readonly country: CountryCode;
  readonly leading: RegExp | undefined;
  readonly general: RegExp;
  /** In the order in which libphonenumber asks. */
  readonly types: readonly { readonly type: NonNullable<NumberType>; readonly pattern: RegExp }[];
}

/** The part of libphonenumber-js's numbering plan that its types leave out; a test compares the outcome with the library's own. */
interface NumberingPlan {
  nationalNumberPattern(): string;
  /** 0 where the country has none. */
  leadingDigits(): string | 0;
  type(name: string): { pattern(): string; possibleLengths(): number[] | undefined } | undefined;
}

const nationalDigits = 10;
const typeNames = [
  'FIXED_LINE',
  'MOBILE',
  'PREMIUM_RATE',
  'TOLL_FREE',
  'SHARED_COST',
  'VOIP',
  'PERSONAL_NUMBER',
  'PAGER',
  'UAN',
  'VOICEMAIL',
] as const;

/**
 * Country and type of North American numbers, by libphonenumber's own patterns without the work around them: a
 * microsecond instead of ten. All of the patterns leave the last four digits open.
 */
export class NorthAmericanPlan {
  readonly #plans: readonly CountryPlan[];

  constructor() {
    const others = getCountries().filter((country) => country !== 'US' && getCountryCallingCode(country) === '1');
    this.#plans = (['US', ...others] as const).map(planOf);
  }

  /** @param national ten digits. Undefined where no number like it is in use. */
  find(national: string): PlanPlace | undefined {
    for (const plan of this.#plans) {
      if (plan.leading && !plan.leading.test(national)) continue;
      const type = typeOf(national, plan);
      if (type !== undefined) return { country: plan.country, type };
      // Leading digits alone make the number this country's, in use or not.
      if (plan.leading) return undefined;
    }
    return undefined;
  }
}

function planOf(country: CountryCode): CountryPlan {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  const plan = metadata.numberingPlan as unknown as NumberingPlan;
  const leading = plan.leadingDigits();
  return {
    country,
    leading: leading === 0 ? undefined : new RegExp(`^(?:${leading})`),
    general: entirely(plan.nationalNumberPattern()),
    types: typeNames.flatMap((name) => typesNamed(name, plan)),
  };
}

function typesNamed(name: (typeof typeNames)[number], plan: NumberingPlan): CountryPlan['types'][number][] {
  const definition = plan.type(name);
  const pattern = definition?.pattern();
  if (!pattern || !(definition?.possibleLengths()?.includes(nationalDigits) ?? true)) return [];
  // Where mobile numbers are like fixed ones, their pattern is left empty.
  const isBoth = name === 'FIXED_LINE' && !plan.type('MOBILE')?.pattern();
  return [{ type: isBoth ? 'FIXED_LINE_OR_MOBILE' : name, pattern: entirely(pattern) }];
}

const entirely = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);

function typeOf(national: string, { general, types }: CountryPlan): NonNullable<NumberType> | undefined {
  if (!general.test(national)) return undefined;
  const matching = types.filter(({ pattern }) => pattern.test(national)).map(({ type }) => type);
  if (matching.includes('FIXED_LINE') && matching.includes('MOBILE')) return 'FIXED_LINE_OR_MOBILE';
  return matching[0];
}
