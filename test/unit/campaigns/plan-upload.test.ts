import { describe, expect, it } from 'vitest';
import { seeded } from '../budget/support/virtual-time.ts';
import { contactsOf, noLists, nowMs, plan, registryOf } from './support/planning.ts';

const header = 'id,name,phone,zone,balance\n';
const dayMs = 86_400_000;

describe('what a plan holds', () => {
  it('brings numbers to E.164 and gives each contact its row, id, first lawful instant and typed values', async () => {
    const planned = await plan(`${header}7,"Ada ""A"" Lovelace",(415) 555-0132,,"12,5"\n`);

    expect(planned.chunks).toEqual([
      { chunk: 0, contacts: [[2, '+14155550132', '7', 0, '+14155550132', 'Ada "A" Lovelace', '12.5']] },
    ]);
    expect(planned.plan).toMatchObject({
      rows: 1,
      accepted: 1,
      rejected: {},
      chunks: 1,
      blocks: [1],
      fields: ['Phone', 'Name', 'Balance'],
      guessed: false,
      encoding: 'utf-8',
      form: { form: 'csv', delimiter: ',' },
      notChecked: ['internal', 'uploadedLately', 'attempts'],
    });
  });

  it('makes chunks of ten and blocks of 500 chunks, numbered through', async () => {
    const rows = Array.from({ length: 10_013 }, (_, row) => `${row},N,415${2_000_000 + row},,\n`).join('');

    const { plan: made, chunks } = await plan(header + rows);

    expect(made.accepted).toBe(10_013);
    expect(made.blocks).toEqual([500, 500, 2]);
    expect(chunks.map(({ chunk }) => chunk)).toEqual(Array.from({ length: 1_002 }, (_, index) => index));
    expect(chunks.map(({ contacts }) => contacts.length).filter((length) => length !== 10)).toEqual([3]);
  });

  it('is the same however small the segments are that wait for the lists', async () => {
    const random = seeded(3);
    const rows = Array.from(
      { length: 3_000 },
      (_, row) => `${row},N,415555${String(Math.floor(random() * 2_000)).padStart(4, '0')},,\n`,
    ).join('');
    const lists = {
      ...noLists,
      internal: async (all: readonly string[]) => new Set(all.filter((each) => each.endsWith('7'))),
    };

    const large = await plan(header + rows, {}, { lists });
    const small = await plan(header + rows, {}, { lists, segment: { bytesMax: 1_000, rowsMax: 50 } });

    expect(small.plan.rejected).toEqual(large.plan.rejected);
    expect(contactsOf(small)).toEqual(contactsOf(large));
    expect(large.plan.accepted + sum(large.plan.rejected)).toBe(3_000);
  });

  it.each([
    ['semicolons', header.replaceAll(',', ';') + '1;Jörg;4155550132;;12,5\n', undefined],
    ['tabs', header.replaceAll(',', '\t') + '1\tJörg\t4155550132\t\t12,5\n', undefined],
    ['bars', header.replaceAll(',', '|') + '1|Jörg|4155550132||12,5\n', undefined],
    ['a line for spreadsheets', `sep=;\r\n${header.replaceAll(',', ';')}1;Jörg;4155550132;;12,5\r\n`, undefined],
    ['UTF-16', `\ufeff${header}1,Jörg,4155550132,,"12,5"\n`, 'utf16le'],
    ['windows-1252', `${header}1,Jörg,4155550132,,"12,5"\n`, 'latin1'],
    ['old line ends', `${header}1,Jörg,4155550132,,"12,5"\n`.replaceAll('\n', '\r'), undefined],
    ['JSON Lines', '{"id":1,"name":"Jörg","phone":4155550132,"balance":12.5}\n', undefined],
    ['columns in another order and case', 'Balance,PHONE,Name,Zone,ID\n"12,5",4155550132,Jörg,,1\n', undefined],
  ] as const)('reads %s', async (_name, text, encoding) => {
    const planned = await plan(Buffer.from(text, encoding ?? 'utf8'));

    const [contact] = contactsOf(planned);
    expect(contact?.slice(1)).toEqual(['+14155550132', '1', 0, '+14155550132', 'Jörg', '12.5']);
  });

  it('gives a number that is asleep now its first lawful instant', async () => {
    const planned = await plan(`${header}1,Kai,(808) 555-0132,,\n2,Ada,(415) 555-0132,,\n`);

    const eightInHonolulu = Date.UTC(2026, 10, 17, 18);
    expect(contactsOf(planned).map((contact) => contact[3])).toEqual([eightInHonolulu, 0]);
  });

  it('keeps the zone of a row beside the zone of the number', async () => {
    const planned = await plan(`${header}1,Kai,(415) 555-0132,Pacific/Honolulu,\n`);

    expect(contactsOf(planned)[0]?.[3]).toBe(Date.UTC(2026, 10, 17, 18));
  });

  it('sends digits where the campaign keeps to them', async () => {
    const planned = await plan(`${header}1,Ada,(415) 555-0132,,\n`, { numberForm: 'digits' });

    expect(contactsOf(planned)[0]?.slice(4, 5)).toEqual(['14155550132']);
  });
});

const sum = (counts: Partial<Record<string, number>>) =>
  Object.values(counts).reduce<number>((all, each) => all + (each ?? 0), 0);

describe('rows that are rejected, one by one', () => {
  it.each([
    ['1,Ada,,,', 'phone', '', 'number-missing'],
    ['1,Ada,call me,,', 'phone', 'xxxx xx', 'number-not-understood'],
    ['1,Ada,415 555,,', 'phone', '999 999', 'number-impossible'],
    ['1,Ada,(415) 155-0132,,', 'phone', '(999) 999-9999', 'number-not-in-use'],
    ['1,Ada,+18005550132,,', 'phone', "'+1800*****32", 'number-type'],
    ['1,Ada,+442079460958,,', 'phone', "'+4420******58", 'country-not-called'],
    ['1,Ada,4155550132,Mars/Olympus,', 'zone', 'xxxx/xxxxxxx', 'zone-unknown'],
    [',Ada,4155550132,,', 'id', '', 'id-missing'],
    ['1,,4155550132,,', 'name', '', 'field-missing'],
    ['1,Ada,4155550132,,twelve', 'balance', 'xxxxxx', 'field-type'],
    ['1,A\u0007da,4155550132,,', 'name', 'x?xx', 'text-unprintable'],
    ['1,Ada,4155550132,', '', '', 'row-columns'],
    ['1,"Ada,4155550132,,', '', '', 'row-quotes'],
    [`1,${'x'.repeat(8_001)},4155550132,,`, '', '9999 xxxxxxxxxx', 'record-too-long'],
    [`1,${'x'.repeat(40_000)},4155550132,,`, '', '', 'row-too-long'],
  ])('%j', async (row, column, value, code) => {
    const planned = await plan(`${header}0,First,2125550132,,\n${row}\n9,Last,2125550133,,\n`);

    expect(planned.plan.rejected).toEqual({ [code]: 1 });
    expect(planned.report).toEqual([expect.stringMatching(/^3,/)]);
    expect(planned.report[0]?.startsWith(`3,${column},${value},${code},`)).toBe(true);
    expect(contactsOf(planned).map((contact) => contact[0])).toEqual([2, 4]);
  });

  it('neutralises formulas in the report', async () => {
    const planned = await plan(`${header.replace('balance', '=balance')}1,Ada,=cmd|'/c calc'!A1,,x\n`, {
      mapping: { number: 'phone', fields: { Phone: { column: 'phone' } } },
    });

    expect(planned.report).toEqual([expect.stringMatching(/^2,phone,'=xxx\|'\/x xxxx'!x9,number-not-understood,/)]);
  });

  it('never shows a whole number or a value', async () => {
    const planned = await plan(`${header}1,Ada,4155550132,,\n2,Eve,(415) 555-0132,,\n3,Eve,2125550132,,sesame\n`);

    expect(planned.report.join()).not.toMatch(/0132,|5550132|sesame|Eve/);
    expect(planned.plan.rejected).toEqual({ 'duplicate-in-file': 1, 'field-type': 1 });
  });

  it('rejects what a damaged character stands in', async () => {
    const damaged = Buffer.concat([
      Buffer.from(`${header}1,Jörg Müßig Çağrı,4155550132,,\n2,J`),
      Buffer.from([0xf6]),
      Buffer.from('rg,4155550133,,\n'),
    ]);

    expect((await plan(damaged)).plan.rejected).toEqual({ 'row-damaged': 1 });
  });

  it('finds duplicates however they are written, and takes the first', async () => {
    const planned = await plan(`${header}1,A,4155550132,,\n2,B,+1 415 555 0132,,\n3,C,(415) 555-0132,,\n`);

    expect(contactsOf(planned).map((contact) => contact[0])).toEqual([2]);
    expect(planned.plan.rejected).toEqual({ 'duplicate-in-file': 2 });
  });
});

describe('what lists and the law forbid', () => {
  const two = `${header}1,Ada,4155550132,,\n2,Eve,4155550133,,\n`;

  it('asks our own list, the uploads of late and the attempts', async () => {
    const only = (number: string) => async (all: readonly string[]) => new Set(all.filter((each) => each === number));
    const recent = Array.from({ length: 3 }, (_, hour) => nowMs - hour * 3_600_000);

    const internal = await plan(two, {}, { lists: { ...noLists, internal: only('+14155550132') } });
    const lately = await plan(two, {}, { lists: { ...noLists, uploadedLately: only('+14155550132') } });
    const capped = await plan(
      two,
      {},
      { lists: { ...noLists, attempts: async () => new Map([['+14155550132', recent]]) } },
    );

    expect(internal.plan.rejected).toEqual({ 'listed-internal': 1 });
    expect(lately.plan.rejected).toEqual({ 'duplicate-recent': 1 });
    expect(capped.plan.rejected).toEqual({ 'cap-reached': 1 });
    expect(internal.report[0]).toMatch(/^2,phone,'\+1415\*{5}32,listed-internal,/);
  });

  it('fails where a list cannot be read, and takes nobody for clear', async () => {
    const lists = { ...noLists, internal: () => Promise.reject(new Error('The table is away.')) };

    await expect(plan(two, {}, { lists })).rejects.toThrow('The table is away.');
  });

  it('asks the registry about who gave no consent, and about nobody else', async () => {
    const asked: string[] = [];
    const registries = registryOf(['+14155550133'], nowMs - dayMs, asked);

    const consented = await plan(two, {}, { lists: { ...noLists, registries } });
    const askedOfConsented = asked.length;
    const bare = await plan(two, { basis: undefined }, { lists: { ...noLists, registries } });

    expect(consented.plan.accepted).toBe(2);
    expect(askedOfConsented).toBe(0);
    expect(bare.plan.rejected).toEqual({ 'registry-listed': 1 });
    expect(contactsOf(bare).map((contact) => contact[1])).toEqual(['+14155550132']);
  });

  it.each([
    ['no copy of it', {}],
    ['a copy that is too old', registryOf([], nowMs - 40 * dayMs)],
  ])('rejects who needs the registry when there is %s', async (_name, registries) => {
    const { plan: made } = await plan(two, { basis: undefined }, { lists: { ...noLists, registries } });

    expect(made.rejected).toEqual({ 'registry-unreadable': 2 });
  });

  it('ends the list when the copy of the registry that somebody in it needed is too old', async () => {
    const ofAge = (days: number) => ({ lists: { ...noLists, registries: registryOf([], nowMs - days * dayMs) } });

    const bare = await plan(two, { basis: undefined }, ofAge(20));
    const consented = await plan(two, {}, ofAge(20));
    const short = await plan(two, { basis: undefined, lifeDays: 5 }, ofAge(20));

    expect(bare.plan).toMatchObject({ accepted: 2, fromMs: nowMs, toMs: nowMs + 11 * dayMs });
    expect(consented.plan.toMs).toBe(nowMs + 31 * dayMs);
    expect(short.plan.toMs).toBe(nowMs + 5 * dayMs);
  });

  it('does not end the list for a copy that nobody who is accepted needed', async () => {
    const registries = registryOf(['+14155550132', '+14155550133'], nowMs - 20 * dayMs);

    const { plan: made } = await plan(two, { basis: undefined }, { lists: { ...noLists, registries } });

    expect(made).toMatchObject({ accepted: 0, toMs: nowMs + 31 * dayMs });
  });

  it('rejects who has no basis where the law needs one', async () => {
    const registries = registryOf([], nowMs);
    const text = `${header}1,Ada,(860) 555-0132,,\n2,Eve,(415) 555-0132,,\n`;

    const bare = await plan(text, { basis: undefined }, { lists: { ...noLists, registries } });
    const consented = await plan(text);

    expect(bare.plan.rejected).toEqual({ 'basis-needed': 1 });
    expect(bare.report[0]).toContain('us-ct-sales');
    expect(consented.plan.accepted).toBe(2);
  });

  it('takes the date of a row for its basis, and none that ends before the list does', async () => {
    const registries = registryOf(['+14155550131', '+14155550132', '+14155550133'], nowMs);
    const text = 'phone,bought\n4155550131,2026-10-01\n4155550132,2025-05-30\n4155550133,\n';
    const campaign = {
      mapping: { number: 'phone', since: 'bought', fields: { Phone: { column: 'phone', type: 'Phone' } } },
      basis: { type: 'relationship' },
    };

    const planned = await plan(text, campaign, { lists: { ...noLists, registries } });

    // Eighteen months after 30 May 2025 is 30 November 2026: within the list's 31 days.
    expect(contactsOf(planned).map((contact) => contact[0])).toEqual([2]);
    expect(planned.plan.rejected).toEqual({ 'registry-listed': 2 });
  });

  it('rejects a date in the future and one that is none', async () => {
    const text = 'phone,bought\n4155550131,2027-10-01\n4155550132,soon\n';
    const campaign = {
      mapping: { number: 'phone', since: 'bought', fields: { Phone: { column: 'phone', type: 'Phone' } } },
      basis: { type: 'relationship' },
    };

    expect((await plan(text, campaign)).plan.rejected).toEqual({ 'since-in-future': 1, 'since-not-understood': 1 });
  });

  it('rejects who cannot be called in the life of the list', async () => {
    const ban = { id: 'b1', jurisdiction: 'US-CA', fromMs: nowMs - dayMs, toMs: nowMs + 40 * dayMs, reason: 'a storm' };

    const planned = await plan(`${header}1,Ada,4155550132,,\n2,Eve,2125550132,,\n`, {}, { bans: [ban] });

    expect(planned.plan.rejected).toEqual({ 'no-lawful-time': 1 });
  });
});

describe('files that are refused as a whole, with one sentence', () => {
  it.each([
    ['', 'The file is empty: it needs a header and at least one row.'],
    [' \n\n', 'The file is empty: it needs a header and at least one row.'],
    [header, 'The file has a header and no rows.'],
    ['4155550132\n4155550133\n', 'The first row must name the columns; it holds a number instead.'],
    [
      'id,name,cell\n1,Ada,4155550132\n',
      'The header has no column "phone", "zone", "balance", which the mapping needs; it has "id", "name", "cell".',
    ],
    ['id,phone,id\n', 'The header names the column "id" twice; each name may stand once.'],
    [
      `${Array.from({ length: 201 }, (_, n) => `c${n}`).join()}\n`,
      'The header has 201 columns; Webex takes at most 200.',
    ],
    ['[{"phone":"1"}]', 'The file is one JSON list: write JSON Lines, one object a line, or CSV.'],
    ['<html><body>Not found</body></html>', 'The file is XML or HTML, not CSV: save it as CSV first.'],
    [
      'PK\u0003\u0004xxxxxxxx',
      'The file is a spreadsheet (xlsx) or a zip file, not CSV: save it as CSV (UTF-8) first.',
    ],
    ['"id,phone\n1,2\n', 'The header cannot be read: a quotation mark in it is not closed.'],
    ['{"phone"\n', 'The file begins like JSON Lines, but its first line is no JSON object.'],
    ['x'.repeat(70_000), 'The file is no CSV: its first line does not end within 65,536 characters.'],
  ])('%j', async (text, message) => {
    await expect(plan(text)).rejects.toMatchObject({ name: 'UploadFileError', message });
  });

  it('a file with more rows than may be', async () => {
    await expect(plan(`${header}1,A,4155550131,,\n2,B,4155550132,,\n`, { rowsMax: 1 })).rejects.toThrow(
      'The file has more than 1 rows: upload it in parts.',
    );
  });

  it('but a fault of the disk is thrown as it is, and a bad row refuses nothing', async () => {
    expect((await plan(`${header}nonsense\n1,A,4155550131,,\n`)).plan.accepted).toBe(1);
  });
});

describe('without a mapping', () => {
  it('guesses what is what from the names', async () => {
    const planned = await plan('Customer ID,First Name,Mobile Phone,Time Zone\n7,Ada,4155550132,America/New_York\n', {
      mapping: undefined,
    });

    expect(planned.plan.guessed).toBe(true);
    expect(planned.plan.mapping).toMatchObject({
      number: 'Mobile Phone',
      zone: 'Time Zone',
      name: 'First Name',
      id: 'Customer ID',
    });
    expect(contactsOf(planned)[0]?.slice(1)).toEqual([
      '+14155550132',
      '7',
      0,
      '7',
      'Ada',
      '+14155550132',
      'America/New_York',
    ]);
  });

  it('finds the numbers by how they look where no name tells', async () => {
    const rows = Array.from({ length: 20 }, (_, row) => `${row},Ada,415555${1_000 + row}\n`).join('');

    expect((await plan(`a,b,c\n${rows}`, { mapping: undefined })).plan.mapping.number).toBe('c');
  });

  it('refuses a file in which nothing looks like numbers', async () => {
    await expect(plan('a,b\n1,2\n', { mapping: undefined })).rejects.toThrow(
      'No column holds phone numbers: name it in the campaign\'s mapping; the header has "a", "b".',
    );
  });
});
