import { sha256 } from '../shared/digest.ts';
import { AREA_CODES, CODES, PREFIXES, SETS, ZONES } from './prefix-table.generated.ts';

/** What the number plan says of one calling code. */
export interface CodePlan {
  readonly mainCountry: string;
  /** Zones of all places that share the code. */
  readonly zones: readonly string[];
  /** Which national numbers are tied to a place; undefined where the whole code keeps one set of zones. */
  readonly geographic: RegExp | undefined;
  /** Smaller countries that share the code, told by their ranges. */
  readonly others: readonly { readonly country: string; readonly pattern: RegExp }[];
  /** Zones by national prefix. */
  readonly prefixes: ReadonlyMap<string, readonly string[]>;
}

/** What is known of an area code of the North American plan. */
export interface AreaCode {
  readonly jurisdictions: readonly string[];
  readonly zones: readonly string[];
}

interface Plans {
  readonly codes: ReadonlyMap<string, CodePlan>;
  readonly areaCodes: ReadonlyMap<string, AreaCode>;
}

let plans: Plans | undefined;

/** The compact table, decoded on the first call and kept: about 1 ms once, then a map look-up. */
export function numberPlans(): Plans {
  plans ??= decode();
  return plans;
}

function decode(): Plans {
  const zones = ZONES.split(' ');
  const sets = SETS.split(';').map((set) =>
    set.split(',').map((position) => zones[Number.parseInt(position, 36)] ?? ''),
  );
  const setAt = (position: string): readonly string[] => sets[Number.parseInt(position, 36)] ?? [];
  const prefixesByCode = new Map(
    PREFIXES.split('!').map((row) => {
      const [code = '', groups = ''] = row.split(':');
      return [code, decodePrefixes(groups, setAt)] as const;
    }),
  );
  const codes = new Map(
    CODES.split('!').map((row) => {
      const [code = '', set = '', mainCountry = '', geographic = '', ...others] = row.split('~');
      const plan: CodePlan = {
        mainCountry,
        zones: setAt(set),
        geographic: geographic === '' ? undefined : new RegExp(`^(?:${geographic})$`),
        others: decodeOthers(others),
        prefixes: prefixesByCode.get(code) ?? new Map(),
      };
      return [code, plan] as const;
    }),
  );
  return { codes, areaCodes: decodeAreaCodes(setAt) };
}

function decodePrefixes(
  groups: string,
  setAt: (position: string) => readonly string[],
): Map<string, readonly string[]> {
  const prefixes = new Map<string, readonly string[]>();
  for (const group of groups.split(';')) {
    const [set = '', members = ''] = group.split('=');
    for (const prefix of members.split(' ')) prefixes.set(prefix, setAt(set));
  }
  return prefixes;
}

function decodeOthers(pairs: readonly string[]): { country: string; pattern: RegExp }[] {
  const others: { country: string; pattern: RegExp }[] = [];
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    others.push({ country: pairs[index] ?? '', pattern: new RegExp(`^(?:${pairs[index + 1]})$`) });
  }
  return others;
}

function decodeAreaCodes(setAt: (position: string) => readonly string[]): Map<string, AreaCode> {
  const areaCodes = new Map<string, AreaCode>();
  for (const row of AREA_CODES.split(';')) {
    const [jurisdictions = '', set = '', members = ''] = row.split(':');
    const areaCode = { jurisdictions: jurisdictions.split(','), zones: setAt(set) };
    for (const npa of members.split(' ')) areaCodes.set(npa, areaCode);
  }
  return areaCodes;
}

let version: string | undefined;

/** SHA-256 of the number data, hex: part of the version of the rule table. */
export function numberingVersion(): string {
  version ??= sha256([ZONES, SETS, CODES, PREFIXES, AREA_CODES].join('\n'));
  return version;
}
