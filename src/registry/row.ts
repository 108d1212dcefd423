import type { EpochMs } from '../shared/clock.ts';

/** What a line of a list says. `line` is the seven digits after the area code. */
export interface RegistryRow {
  readonly areaCode: number;
  readonly line: number;
  readonly action?: 'add' | 'delete';
  readonly changedAtMs?: EpochMs;
  /** Which columns stood where; all lines of a file have the same ones. */
  readonly shape: string;
}

export interface MalformedRow {
  readonly malformed: string;
}

const separators = /[,;\t|]/;
const actions: Readonly<Record<string, 'add' | 'delete'>> = {
  a: 'add',
  add: 'add',
  added: 'add',
  '+': 'add',
  d: 'delete',
  del: 'delete',
  delete: 'delete',
  deleted: 'delete',
  '-': 'delete',
};

/**
 * Reads one line of any accepted form. The columns tell themselves apart, so their order is free: a ten-digit number
 * (or an area code and, next to it, seven digits), and in a change list a mark for add or delete and perhaps a date.
 */
export function readRow(text: string): RegistryRow | MalformedRow {
  const fields = text.split(separators).map((field) =>
    field
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim(),
  );
  let digits: string | undefined;
  let action: 'add' | 'delete' | undefined;
  let changedAtMs: EpochMs | undefined;
  let shape = '';
  for (let index = 0; index < fields.length; index += 1) {
    const field = fields[index] as string;
    const next = fields[index + 1];
    if (digits === undefined && /^\d{10}$/.test(field)) {
      digits = field;
      shape += 'N';
    } else if (digits === undefined && /^\d{3}$/.test(field) && next !== undefined && /^\d{7}$/.test(next)) {
      digits = field + next;
      shape += 'AL';
      index += 1;
    } else if (action === undefined && actions[field.toLowerCase()]) {
      action = actions[field.toLowerCase()];
      shape += 'X';
    } else if (changedAtMs === undefined && readDate(field) !== undefined) {
      changedAtMs = readDate(field);
      shape += 'D';
    } else {
      return {
        malformed: fields.length === 1 ? 'it is not ten digits' : `column ${index + 1} is nothing a list has there`,
      };
    }
  }
  if (digits === undefined) return { malformed: 'it has no phone number' };
  if (changedAtMs !== undefined && action === undefined)
    return { malformed: 'it has a date but no mark for add or delete' };
  const areaCode = Number(digits.slice(0, 3));
  const line = Number(digits.slice(3));
  if (!isNumberOfPlan(areaCode, line)) return { malformed: 'no North American number begins like this' };
  return { areaCode, line, shape, ...(action && { action }), ...(changedAtMs !== undefined && { changedAtMs }) };
}

/** Area codes and exchanges begin with 2 to 9. */
export const isNumberOfPlan = (areaCode: number, line: number): boolean =>
  areaCode >= 200 && areaCode <= 999 && line >= 2_000_000 && line <= 9_999_999;

const dateForms: readonly { form: RegExp; order: 'ymd' | 'mdy' }[] = [
  { form: /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?Z?)?$/i, order: 'ymd' },
  { form: /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?$/, order: 'mdy' },
  { form: /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?$/, order: 'ymd' },
];

/**
 * `2026-11-02`, `2026-11-02 13:14:15` (or with T), `11/02/2026`, `20261102`, `20261102131415`. Only used to order
 * changes, so the zone (the registry states none) does not matter and UTC is assumed.
 */
export function readDate(text: string): EpochMs | undefined {
  for (const { form, order } of dateForms) {
    const found = form.exec(text);
    if (!found) continue;
    const [first, second, third, hour = 0, minute = 0, seconds = 0] = found
      .slice(1)
      .map((part) => Number(part ?? 0)) as [number, number, number, number?, number?, number?];
    const [year, month, day] = order === 'ymd' ? [first, second, third] : [third, first, second];
    return instantOf(year, month, day, hour, minute, seconds);
  }
  return undefined;
}

/** Undefined for a date that no calendar has, such as February 30. */
export function instantOf(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  seconds = 0,
): EpochMs | undefined {
  const instant = new Date(Date.UTC(year, month - 1, day, hour, minute, seconds));
  const exists =
    year >= 2003 && instant.getUTCMonth() === month - 1 && instant.getUTCDate() === day && hour < 24 && minute < 60;
  return exists ? instant.getTime() : undefined;
}

/** A line as a report may show it: what follows the first three characters keeps its form but not its digits. */
export function maskLine(text: string): string {
  const shown = text.slice(0, 40).replace(/[^\x20-\x7e]/g, '?');
  return shown.slice(0, 3) + shown.slice(3).replace(/\d/g, '*') + (text.length > 40 ? '…' : '');
}
