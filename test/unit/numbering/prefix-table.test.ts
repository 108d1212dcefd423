import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderTable } from '../../../infra/build/numbering-render.ts';
import { buildTable } from '../../../infra/build/numbering-table.ts';
import { isTimeZone } from '../../../src/numbering/time-zone.ts';
import { numberPlans } from '../../../src/numbering/table.ts';

const file = new URL('../../../src/numbering/prefix-table.generated.ts', import.meta.url);

describe('the compact prefix table', () => {
  it('has the same bytes when it is made again', () => {
    const made = renderTable(buildTable());

    expect(made).toBe(readFileSync(file, 'utf8'));
  });

  it('stays below 60 KB', () => {
    expect(readFileSync(file).byteLength).toBeLessThan(60_000);
  });

  it('places all 441 area codes and names only zones this runtime knows', () => {
    const { areaCodes, codes } = numberPlans();
    const zones = new Set([...areaCodes.values(), ...codes.values()].flatMap((row) => row.zones));

    expect(areaCodes.size).toBe(441);
    expect([...zones].filter((zone) => !isTimeZone(zone))).toEqual([]);
    expect([...areaCodes.values()].every(({ jurisdictions }) => jurisdictions.length > 0)).toBe(true);
  });
});
