import { readQuotedRecord } from './csv-rows.ts';
import { readObject } from './json-rows.ts';
import { UploadFileError } from './upload-error.ts';

export type FileForm = { readonly form: 'csv'; readonly delimiter: string } | { readonly form: 'json-lines' };

/** What the beginning of a file tells of it. */
export interface FileLayout {
  readonly form: FileForm;
  /** Column names, trimmed; of JSON Lines, the members of the first objects. */
  readonly header: readonly string[];
  /** Where the rows begin in the text. */
  readonly bodyStart: number;
  /** Rows before the first of the body, blank ones included. */
  readonly rowsBefore: number;
}

/** Webex: at most 200 headers of a contact list. */
export const columnsMax = 200;
const delimiters = [',', ';', '\t', '|'] as const;
const jsonSampleLines = 100;
/** Text within which the header must end. */
export const headerCharactersMax = 65_536;

/**
 * Finds form, delimiter and header in the first text of a file.
 * @param isWhole whether the text is the whole file.
 * @returns undefined while the header has not ended.
 * @throws UploadFileError
 */
export function readLayout(text: string, isWhole: boolean): FileLayout | undefined {
  const start = skipBlankLines(text);
  if (start.at >= text.length) {
    if (isWhole) throw new UploadFileError('The file is empty: it needs a header and at least one row.');
    return undefined;
  }
  const lineEnd = text.indexOf('\n', start.at);
  if (lineEnd < 0 && !isWhole) {
    if (text.length <= headerCharactersMax) return undefined;
    throw new UploadFileError('The file is no CSV: its first line does not end within 65,536 characters.');
  }
  const line = text.slice(start.at, lineEnd < 0 ? text.length : lineEnd).replace(/\r$/, '');
  if (line.trimStart().startsWith('{')) return readJsonLayout(text, line, start);
  if (line.trimStart().startsWith('['))
    throw new UploadFileError('The file is one JSON list: write JSON Lines, one object a line, or CSV.');
  if (/^\s*<(?:[?!a-z])/i.test(line))
    throw new UploadFileError('The file is XML or HTML, not CSV: save it as CSV first.');
  return readCsvLayout(text, start, line, isWhole);
}

function skipBlankLines(text: string): { at: number; rows: number } {
  let rows = 0;
  let at = 0;
  for (let end = text.indexOf('\n'); end >= 0 && text.slice(at, end).trim() === ''; end = text.indexOf('\n', at)) {
    rows += 1;
    at = end + 1;
  }
  return text.slice(at).trim() === '' ? { at: text.length, rows } : { at, rows };
}

/** Members that the first object leaves out are found in the objects after it. */
function readJsonLayout(text: string, line: string, start: { at: number; rows: number }): FileLayout {
  if (!readObject(line))
    throw new UploadFileError('The file begins like JSON Lines, but its first line is no JSON object.');
  const lines = text.slice(start.at, start.at + headerCharactersMax).split('\n', jsonSampleLines);
  const header = [...new Set(lines.flatMap((each) => Object.keys(readObject(each) ?? {})))];
  if (header.length === 0) throw new UploadFileError('The first line is an empty object: it must name the columns.');
  refuseTooMany(header);
  return { form: { form: 'json-lines' }, header, bodyStart: start.at, rowsBefore: start.rows };
}

function readCsvLayout(
  text: string,
  start: { at: number; rows: number },
  line: string,
  isWhole: boolean,
): FileLayout | undefined {
  // Spreadsheets write this line for themselves.
  const said = /^"?sep=(.)"?$/i.exec(line)?.[1];
  const at = said === undefined ? start.at : text.indexOf('\n', start.at) + 1;
  if (said !== undefined && at === 0)
    throw new UploadFileError('The file is empty: it needs a header and at least one row.');
  const rows = said === undefined ? start.rows : start.rows + 1;
  const headLine = said === undefined ? line : (text.slice(at).split('\n', 1)[0] as string);
  const delimiter = said ?? delimiterOf(headLine);
  const record = readQuotedRecord(isWhole ? `${text}\n` : text, at, delimiter);
  if (record === 'needs-more' && text.length - at <= headerCharactersMax && !isWhole) return undefined;
  if (typeof record === 'string')
    throw new UploadFileError('The header cannot be read: a quotation mark in it is not closed.');
  const header = record.cells.map((cell) => cell.trim());
  checkHeader(header);
  return {
    form: { form: 'csv', delimiter },
    header,
    bodyStart: Math.min(record.next, text.length),
    rowsBefore: rows + 1,
  };
}

/** The one that stands most often outside of quotation marks. */
function delimiterOf(line: string): string {
  const bare = line.replace(/"(?:[^"]|"")*"/g, '');
  const count = (delimiter: string): number => bare.split(delimiter).length;
  return delimiters.reduce<string>((best, each) => (count(each) > count(best) ? each : best), ',');
}

function checkHeader(header: readonly string[]): void {
  refuseTooMany(header);
  const named = header.filter((name) => name !== '');
  // oxlint-disable-next-line no-control-regex
  if (header.some((name) => /[\u0000-\u0008\u000e-\u001f\ufffd]/.test(name)))
    throw new UploadFileError('The file is no CSV: its first line holds characters that are no text.');
  if (named.length === 0)
    throw new UploadFileError('The first row must name the columns, and all of its cells are empty.');
  const repeated = named.find((name, index) => named.indexOf(name) !== index);
  if (repeated !== undefined)
    throw new UploadFileError(`The header names the column "${shown(repeated)}" twice; each name may stand once.`);
  if (named.every((name) => /^[+(]?[\d().\s-]{7,}$/.test(name)))
    throw new UploadFileError('The first row must name the columns; it holds a number instead.');
}

function refuseTooMany(header: readonly string[]): void {
  if (header.length > columnsMax)
    throw new UploadFileError(`The header has ${header.length} columns; Webex takes at most ${columnsMax}.`);
}

export const shown = (name: string): string => (name.length > 40 ? `${name.slice(0, 40)}…` : name);
