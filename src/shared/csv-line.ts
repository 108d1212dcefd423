/**
 * One line of a CSV file for people's spreadsheets, with line end. A cell that a spreadsheet would run as a formula gets an
 * apostrophe in front (OWASP, CSV injection), except an E.164 number, whose plus sign other systems need.
 */
export function csvLine(cells: readonly (string | number)[]): string {
  let line = '';
  for (const [index, cell] of cells.entries()) line += (index === 0 ? '' : ',') + quoted(neutral(String(cell)));
  return `${line}\r\n`;
}

/** Takes the apostrophe away again that `csvLine` put in front of a formula. */
export const withoutApostrophe = (cell: string): string =>
  /^'[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(cell) ? cell.slice(1) : cell;

const neutral = (cell: string): string =>
  /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(cell) && !/^\+\d+$/.test(cell) ? `'${cell}` : cell;

const quoted = (cell: string): string => (/[",;\r\n\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
