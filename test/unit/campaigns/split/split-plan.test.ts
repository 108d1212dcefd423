import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plan } from '../support/planning.ts';
import { splitWorld } from '../support/splitting.ts';

const header = ['phone', 'name', 'balance', 'zone', 'id'];

/** Few numbers, so that many stand twice. */
const phone = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 40 }).map((n) => `(415) 555-${String(1_000 + n)}`) },
  { weight: 1, arbitrary: fc.constantFrom('', 'none', '(800) 555-0132', '+442079460123', '5550132') },
);
const name = fc.oneof(
  fc.constantFrom('Ada', 'Bob', '', 'Müller', '李', '5" pipe'),
  fc.constantFrom('two\nlines', 'a, b; c', 'say "hi"', 'x\r\ny', '\n\n', '"', ',"\n'),
);
const fields = fc.tuple(
  phone,
  name,
  fc.constantFrom('1', '2.5', 'twelve', ''),
  fc.constant(''),
  fc.nat(99).map(String),
);
const quoted = (cell: string): string => (/[",;\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

const csvLines = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fields.map((cells) => cells.map(quoted).join(',')) },
    { weight: 1, arbitrary: fc.constantFrom('', ' ', 'one,cell', '"never closed,x,1,,9', 'a,"b"c,1,,9', ',,,,') },
  ),
  { maxLength: 60 },
);
const jsonLines = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fields.map((cells) => JSON.stringify(Object.fromEntries(cells.map((cell, at) => [header[at], cell])))),
    },
    { weight: 1, arbitrary: fc.constantFrom('', '{"phone":', '[1]', '{"phone":{"a":1},"name":"x"}') },
  ),
  { minLength: 1, maxLength: 60 },
);
const firstJson = JSON.stringify({ phone: '+14155550132', name: 'Ada', balance: 1, zone: '', id: 'A' });
const lineEnd = fc.constantFrom('\n', '\r\n');
const encodings = {
  'utf-8': (text: string) => Buffer.from(text),
  'utf-8 with a mark': (text: string) => Buffer.from(`\ufeff${text}`),
  'utf-16le': (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'utf-16be': (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  'windows-1252': (text: string) => Buffer.from(text.replaceAll('李', 'é'), 'latin1'),
} as const;
const encoding = fc.constantFrom(...(Object.keys(encodings) as (keyof typeof encodings)[]));
const rangeBytes = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 200, max: 4_000 }));

async function expectSame(file: Buffer, size: number, campaign: object = {}): Promise<void> {
  const world = await splitWorld(file, { ...campaign, rangeBytes: size });
  const outcome = await world.run();
  const whole = await plan(file, campaign as Record<string, unknown>).catch((error: Error) => error);
  if (whole instanceof Error) {
    expect([outcome, world.record().because]).toEqual(['refused', whole.message]);
    return;
  }
  const { rows, accepted, rejected, chunks, blocks, fromMs, toMs } = whole.plan;
  expect(world.record().plan).toMatchObject({ rows, accepted, rejected, chunks, blocks, fromMs, toMs });
  expect(
    world.blocks
      .join('')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(whole.chunks);
  expect(world.report().split('\r\n').slice(1, -1).toSorted()).toEqual(whole.report.toSorted());
}

describe('a plan in parts', () => {
  it('gives what the plan in one pass gives, for any CSV and any ranges', { timeout: 60_000 }, () =>
    fc.assert(
      fc.asyncProperty(csvLines, lineEnd, fc.boolean(), encoding, rangeBytes, (lines, end, isEnded, name_, size) => {
        const text = [header.join(','), ...lines].join(end) + (isEnded ? end : '');
        return expectSame(encodings[name_](text), size);
      }),
      { numRuns: 150 },
    ),
  );

  it('gives the same for JSON Lines', { timeout: 60_000 }, () =>
    fc.assert(
      fc.asyncProperty(jsonLines, lineEnd, encoding, rangeBytes, (lines, end, name_, size) =>
        expectSame(encodings[name_]([firstJson, ...lines].join(end)), size),
      ),
      { numRuns: 80 },
    ),
  );
});
