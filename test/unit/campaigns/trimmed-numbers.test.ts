import { build, stop } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../infra/build/bundle-functions.ts';
import { trimmedPhoneMetadata } from '../../../infra/build/phone-metadata.ts';
import * as planning from './support/planning.ts';

let bundled: typeof planning;

/** The planner with the numbering plans that a bundle has, which are those of the United States' calling code. */
beforeAll(async () => {
  const { outputFiles } = await build({
    absWorkingDir: projectRoot,
    entryPoints: ['test/unit/campaigns/support/planning.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    plugins: [trimmedPhoneMetadata(['US', 'CA'])],
  });
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
  bundled = (await import(/* @vite-ignore */ `data:text/javascript;base64,${code}`)) as typeof planning;
  await stop();
});

afterAll(() => stop());

const columns = {
  number: 'phone',
  country: 'country',
  fields: { Phone: { column: 'phone', type: 'Phone' }, Other: { column: 'other', type: 'Phone' } },
} as const;

const planOf = ({ plan }: typeof planning, row: string) => plan(`phone,country,other\n${row}\n`, { mapping: columns });

describe.each([
  ['all numbering plans', () => planning],
  ['the numbering plans of a bundle', () => bundled],
] as const)('the country of a row, by %s', (_name, by) => {
  it.each([
    ['55 1234 5678,MX,', 'country-not-called'],
    ['020 7946 0958,GB,', 'country-not-called'],
    ['(415) 555-0132,ZZ,', 'country-not-called'],
    ['+52 55 1234 5678,MX,', 'country-not-called'],
    ['(415) 555-0132,Mexico,', 'country-unknown'],
    ['(876) 555-0132,JM,', 'country-not-called'],
  ])('rejects %s as %s', async (row, code) => {
    const { plan, report } = await planOf(by(), row);

    expect(plan.rejected).toEqual({ [code]: 1 });
    expect(report[0]).toContain(code);
  });

  it.each([
    ['(415) 555-0132,US,', '+14155550132'],
    ['(415) 555-0132,,', '+14155550132'],
    ['(416) 555-0132,ca,', '+14165550132'],
    ['+1 415 555 0132,MX,', '+14155550132'],
    ["'+14155550132,ZZ,", '+14155550132'],
  ])('takes %s for %s', async (row, number) => {
    const { chunks } = await planOf(by(), row);

    expect(chunks[0]?.contacts[0]?.[1]).toBe(number);
  });

  it('does not read another number of the row as one of the usual country', async () => {
    const { chunks } = await planOf(by(), '+1 415 555 0132,ZZ,55 1234 5678');

    expect(chunks).toEqual([]);
  });
});
