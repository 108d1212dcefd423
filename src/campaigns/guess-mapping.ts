import type { CountryCode } from 'libphonenumber-js/max';
import { bulkNumber } from '../suppression/bulk-number.ts';
import type { UploadMapping } from './upload-settings.ts';

const knownNames = {
  number: wordsOf(
    'phone phonenumber number mobile mobilephone mobilenumber cell cellphone telephone tel telephonenumber contactnumber ' +
      'msisdn primaryphone phone1 homephone workphone telefon telefonnummer rufnummer handy telefono teléfono téléphone numero',
  ),
  zone: wordsOf('timezone tz zone timezonename ianatimezone zeitzone'),
  name: wordsOf('name fullname contactname customername firstname givenname vorname nombre prenom'),
  id: wordsOf(
    'customerid accountid contactid uniqueid customeruniqueid accountuniqueid externalid leadid id crmid accountnumber kundennummer',
  ),
  country: wordsOf('country countrycode isocountry land'),
  since: wordsOf('consentdate consentat optindate optinat consentsince relationshipdate since'),
};

/** So many of a hundred cells must be numbers for a column without a telling name to be the number's. */
const numbersShareMin = 0.8;

function wordsOf(words: string): readonly string[] {
  return words.split(' ');
}

const plain = (name: string): string => name.toLowerCase().replace(/[\s_.\-/()#]/g, '');

/**
 * Guesses which column is what by its name, and the number's by its cells too. Every named column goes to a field of its
 * name as text. Undefined where no column holds numbers.
 * @param sample the cells of the first rows.
 */
export function guessMapping(
  header: readonly string[],
  sample: readonly (readonly string[])[],
  country: CountryCode | undefined,
): UploadMapping | undefined {
  const named = (role: keyof typeof knownNames): string | undefined => {
    const names = knownNames[role];
    const ranked = header
      .map((column) => ({ column, rank: names.indexOf(plain(column)) }))
      .filter(({ rank }) => rank >= 0);
    return ranked.sort((one, other) => one.rank - other.rank)[0]?.column;
  };
  const number = named('number') ?? columnOfNumbers(header, sample, country);
  if (number === undefined) return undefined;
  const optional = (['zone', 'name', 'id', 'country', 'since'] as const).flatMap((role) => {
    const column = named(role);
    return column === undefined || column === number ? [] : [[role, column] as const];
  });
  const fields = header
    .filter((column) => column !== '')
    .map((column) => [
      column,
      { column, type: column === number ? ('Phone' as const) : ('String' as const), required: column === number },
    ]);
  return { number, ...Object.fromEntries(optional), fields: Object.fromEntries(fields) };
}

function columnOfNumbers(
  header: readonly string[],
  sample: readonly (readonly string[])[],
  country: CountryCode | undefined,
): string | undefined {
  const shares = header.map((column, index) => {
    const cells = sample.map((row) => (row[index] ?? '').trim()).filter((cell) => cell !== '');
    const numbers = cells.filter((cell) => cell.length >= 7 && bulkNumber(cell, country).ok);
    return { column, share: cells.length === 0 ? 0 : numbers.length / cells.length };
  });
  const [best] = shares.filter(({ column }) => column !== '').sort((one, other) => other.share - one.share);
  return best && best.share >= numbersShareMin ? best.column : undefined;
}
