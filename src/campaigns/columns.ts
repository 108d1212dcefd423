import { shown } from './file-layout.ts';
import { UploadFileError } from './upload-error.ts';
import type { FieldType, UploadMapping } from './upload-settings.ts';

export interface FieldColumn {
  readonly field: string;
  readonly column: string;
  /** -1 where a JSON Lines file never has the member. */
  readonly index: number;
  readonly type: FieldType;
  readonly required: boolean;
}

/** Where in a row everything stands; -1 where it does not. */
export interface Columns {
  readonly names: UploadMapping;
  readonly number: number;
  readonly zone: number;
  readonly id: number;
  readonly country: number;
  readonly since: number;
  readonly fields: readonly FieldColumn[];
}

/**
 * Finds the columns that a mapping names, regardless of case and spaces around.
 * @throws UploadFileError for a header without one of them
 */
export function columnsOf(header: readonly string[], mapping: UploadMapping, form: 'csv' | 'json-lines'): Columns {
  const byName = new Map(header.map((name, index) => [name.trim().toLowerCase(), index]));
  const indexOf = (column: string | undefined): number =>
    column === undefined ? -1 : (byName.get(column.trim().toLowerCase()) ?? -1);
  const { number, zone, name, id, country, since, fields } = mapping;
  const optionalInJson = form === 'json-lines';
  const wanted = optionalInJson
    ? [number]
    : [number, zone, name, id, country, since, ...Object.values(fields).map(({ column }) => column)];
  const missing = [...new Set(wanted.filter((column) => column !== undefined && indexOf(column) < 0))];
  if (missing.length > 0) {
    const list = missing.map((column) => `"${shown(column as string)}"`).join(', ');
    const there = header
      .slice(0, 12)
      .map((column) => `"${shown(column)}"`)
      .join(', ');
    throw new UploadFileError(
      `The header has no column ${list}, which the mapping needs; it has ${there}${header.length > 12 ? ', …' : ''}.`,
    );
  }
  return {
    names: mapping,
    number: indexOf(number),
    zone: indexOf(zone),
    id: indexOf(id),
    country: indexOf(country),
    since: indexOf(since),
    fields: Object.entries(fields).map(([field, { column, type, required }]) => ({
      field,
      column,
      index: indexOf(column),
      type,
      required,
    })),
  };
}
