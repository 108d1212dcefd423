import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';

interface PhoneMetadata {
  readonly version: number;
  readonly country_calling_codes: Readonly<Record<string, readonly string[]>>;
  readonly countries: Readonly<Record<string, unknown>>;
  readonly nonGeographic: Readonly<Record<string, unknown>>;
}

const metadataPath = createRequire(import.meta.url).resolve('libphonenumber-js/metadata.max.json');

/**
 * Leaves a bundle the numbering plans of the allowed countries only, and of those that share a calling code with them:
 * +1 is the United States, Canada and 23 others. All plans of the world are 145 KB that every cold start would read.
 */
export function trimmedPhoneMetadata(countries: readonly string[]): Plugin {
  return {
    name: 'trimmed-phone-metadata',
    setup: (build) => {
      build.onLoad({ filter: /[\\/]metadata\.max\.json(\.js)?$/ }, async () => {
        const metadata = JSON.parse(await readFile(metadataPath, 'utf8')) as PhoneMetadata;
        return { contents: `export default ${JSON.stringify(trim(metadata, countries))}`, loader: 'js' };
      });
    },
  };
}

function trim(metadata: PhoneMetadata, countries: readonly string[]): PhoneMetadata {
  const codes = Object.entries(metadata.country_calling_codes).filter(([, sharing]) =>
    sharing.some((country) => countries.includes(country)),
  );
  const kept = new Set(codes.flatMap(([, sharing]) => sharing));
  return {
    ...metadata,
    country_calling_codes: Object.fromEntries(codes),
    countries: Object.fromEntries(Object.entries(metadata.countries).filter(([country]) => kept.has(country))),
  };
}
