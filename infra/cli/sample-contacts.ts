/**
 * `node infra/cli/sample-contacts.ts [ROWS] [BAD]`: a contact file for the sample campaign, the same each time: 5,000 rows,
 * 400 of them bad in ten ways. The numbers are made up of area codes and 555, and belong to nobody who knows of it.
 */

interface SampleRow {
  readonly phone: string;
  readonly zone: string;
  readonly id: string;
  readonly optedIn: string;
  readonly name: string;
  readonly balance: string;
  readonly renewsOn: string;
}

const header = 'phone,time zone,customer id,opted in,first name,balance,renews on';
const places = [
  ['212', 'America/New_York'],
  ['312', 'America/Chicago'],
  ['303', 'America/Denver'],
  ['415', 'America/Los_Angeles'],
  ['617', 'America/New_York'],
] as const;
const names = ['Ada', 'Grace', 'Edsger', 'Barbara', '"Lovelace, A."', 'Jürgen', 'Radia', '李'];
/** Four digits a line. */
const rowsMax = places.length * 10_000;

const faults: readonly ((row: SampleRow, first: SampleRow) => string)[] = [
  (row) => lineOf({ ...row, phone: 'n/a' }),
  (row) => lineOf({ ...row, phone: '(800) 555-0132' }),
  (row) => lineOf({ ...row, phone: '+44 20 7946 0958' }),
  (row, first) => lineOf({ ...row, phone: first.phone }),
  (row) => lineOf({ ...row, balance: 'twelve' }),
  (row) => lineOf({ ...row, zone: 'Pacific Time' }),
  (row) => lineOf({ ...row, id: '' }),
  (row) => lineOf({ ...row, optedIn: 'last spring' }),
  (row) => lineOf({ ...row, renewsOn: '2027-02-30' }),
  (row) => lineOf({ ...row, name: `${row.name},one,cell,too,many` }),
];

/** @returns the file, with a line end after each row; its first row is good */
export function sampleContacts(rows = 5_000, bad = 400): string {
  if (rows > rowsMax || bad >= rows) throw new RangeError(`There can be ${rowsMax} rows, and fewer of them bad.`);
  const first = sampleRow(0);
  const lines = Array.from({ length: rows }, (_, index) => {
    const before = Math.floor((index * bad) / rows);
    const isBad = Math.floor(((index + 1) * bad) / rows) > before;
    const fault = isBad ? faults[before % faults.length] : undefined;
    return fault ? fault(sampleRow(index), first) : lineOf(sampleRow(index));
  });
  return `${[header, ...lines].join('\n')}\n`;
}

function sampleRow(index: number): SampleRow {
  const [areaCode, zone] = places[index % places.length] as (typeof places)[number];
  const line = String(Math.floor(index / places.length)).padStart(4, '0');
  return {
    phone: `(${areaCode}) 555-${line}`,
    zone,
    id: `C${String(index).padStart(5, '0')}`,
    optedIn: `2026-1${index % 2}-0${1 + (index % 9)}`,
    name: names[index % names.length] as string,
    balance: String((index % 500) + (index % 4) * 0.25),
    renewsOn: `2027-0${1 + (index % 9)}-15`,
  };
}

const lineOf = ({ phone, zone, id, optedIn, name, balance, renewsOn }: SampleRow): string =>
  [phone, zone, id, optedIn, name, balance, renewsOn].join(',');

if (import.meta.main) process.stdout.write(sampleContacts(...process.argv.slice(2, 4).map(Number)));
