import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ListScanner } from '../../../src/registry/scan-list.ts';

function scan(text: string, chunkBytes = 1_000_000) {
  const listed: string[] = [];
  const changed: string[] = [];
  const scanner = new ListScanner({
    listed: (areaCode, line) => listed.push(`${areaCode}${line}`),
    changed: (areaCode, line, action) => changed.push(`${areaCode}${line} ${action}`),
  });
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += chunkBytes)
    scanner.push(bytes.subarray(start, start + chunkBytes));
  scanner.finish();
  return { listed, changed, scanner };
}

describe('ListScanner', () => {
  it('reads one number a line, with either line ending and without a last one', () => {
    const { listed, scanner } = scan('2125550123\n2125550124\r\n2125550125');
    expect(listed).toEqual(['2125550123', '2125550124', '2125550125']);
    expect(scanner).toMatchObject({ kind: 'full', rows: 3, malformedCount: 0 });
  });

  it('reads area code and number in two columns', () => {
    expect(scan('212,5550123\r\n415,5550124\r\n').listed).toEqual(['2125550123', '4155550124']);
  });

  it('passes over a byte order mark, one header and empty lines', () => {
    const { listed, scanner } = scan('\uFEFFArea Code,Phone\n\n212,5550123\n\n');
    expect(listed).toEqual(['2125550123']);
    expect(scanner.malformedCount).toBe(0);
  });

  it('counts a second header as malformed', () => {
    expect(scan('number\nnumber\n2125550123\n').scanner.malformedCount).toBe(1);
  });

  it('names the line, masked, and why it is malformed, and goes on after it', () => {
    const { listed, scanner } = scan('2125550123\n21255501x4\n2120550125\n2125550126\n');
    expect(listed).toEqual(['2125550123', '2125550126']);
    expect(scanner.malformed).toEqual([
      { lineNumber: 2, text: '212*****x*', why: 'it is not ten digits' },
      { lineNumber: 3, text: '212*******', why: 'no North American number begins like this' },
    ]);
  });

  it('counts lines with other columns than the first one as malformed', () => {
    const { scanner } = scan('2125550123\n212,5550124\n2125550125,A\n');
    expect(scanner.malformed.map(({ why }) => why)).toEqual(
      Array(2).fill('its columns are not those of the lines before'),
    );
  });

  it('names twenty malformed lines and counts all', () => {
    const { scanner } = scan(`2125550123\n${'nonsense\n'.repeat(50)}`);
    expect(scanner.malformed).toHaveLength(20);
    expect(scanner.malformedCount).toBe(50);
  });

  it('cuts a line without end instead of keeping it', () => {
    const { listed, scanner } = scan(`2125550123\n${'9'.repeat(1_000_000)}\n2125550124\n`, 4_096);
    expect(listed).toEqual(['2125550123', '2125550124']);
    expect(scanner.malformed).toMatchObject([{ lineNumber: 2, why: 'it is longer than 128 characters' }]);
  });

  it('reads a change list', () => {
    const { changed, scanner } = scan('212,5550123,2026-07-21,A\n212,5550124,2026-07-22,D\n');
    expect(changed).toEqual(['2125550123 add', '2125550124 delete']);
    expect(scanner.kind).toBe('change');
  });

  it.each([
    ['<list type="full">', 'xml'],
    ['%PDF-1.7', 'binary'],
    ['\u0000\u0001\u0002', 'binary'],
  ])('recognizes a foreign file that begins with %j', (text, foreign) => {
    expect(scan(text).scanner.foreign).toBe(foreign);
  });

  it('gives the same however the bytes are cut into pieces', () => {
    const number = fc.tuple(fc.integer({ min: 200, max: 999 }), fc.integer({ min: 2_000_000, max: 9_999_999 }));
    const line = fc.oneof(
      { weight: 9, arbitrary: number.map(([a, l]) => `${a}${l}`) },
      fc.constantFrom('', 'x', '1234567890', '9'.repeat(200)),
    );
    fc.assert(
      fc.property(
        fc.array(line),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 40 }),
        (lines, ending, chunkBytes) => {
          const text = lines.join(ending);
          const whole = scan(text);
          const pieces = scan(text, chunkBytes);
          expect(pieces.listed).toEqual(whole.listed);
          expect(pieces.scanner.malformed).toEqual(whole.scanner.malformed);
        },
      ),
    );
  });
});
