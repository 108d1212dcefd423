import type { CountryCode } from 'libphonenumber-js/max';
import { CsvRows } from './csv-rows.ts';
import { shown } from './file-layout.ts';
import { guessMapping } from './guess-mapping.ts';
import { JsonRows } from './json-rows.ts';
import type { OpenedFile } from './read-rows.ts';
import { UploadFileError } from './upload-error.ts';
import type { UploadMapping } from './upload-settings.ts';

const sampleRowsMax = 200;
const sampleCharactersMax = 65_536;

/**
 * The campaign's mapping, or what the file itself suggests where there is none.
 * @throws UploadFileError where no column can be found that holds numbers
 */
export function chooseMapping(
  file: OpenedFile,
  mapping: UploadMapping | undefined,
  country: CountryCode | undefined,
): UploadMapping {
  if (mapping) return mapping;
  const guessed = guessMapping(file.header, sampleRows(file), country);
  if (guessed) return guessed;
  const there = file.header
    .slice(0, 12)
    .map((column) => `"${shown(column)}"`)
    .join(', ');
  throw new UploadFileError(
    `No column holds phone numbers: name it in the campaign's mapping; the header has ${there}.`,
  );
}

/** Whole rows only: the end of the sample may be the middle of one. */
function sampleRows({ form, header, sample }: OpenedFile): string[][] {
  const rows: string[][] = [];
  const sink = {
    row: (cells: readonly string[]) => void (rows.length < sampleRowsMax && rows.push([...cells])),
    fault: () => undefined,
  };
  const reader =
    form.form === 'csv'
      ? new CsvRows({ delimiter: form.delimiter, columns: header.length, row: 0 }, sink)
      : new JsonRows({ columns: header, row: 0 }, sink);
  const end = sample.lastIndexOf('\n', sampleCharactersMax) + 1;
  reader.push(sample.slice(0, end > 0 ? end : sampleCharactersMax));
  reader.finish();
  return rows;
}
