import { describe, expect, it } from 'vitest';
import { type CutFile, cutFile } from '../../../../src/campaigns/split/cut-file.ts';

const cut = (
  file: Buffer | string,
  rangeBytes: number,
  { pieceBytes = 16, rowsMax = 1_000 } = {},
): Promise<CutFile> => {
  const bytes = Buffer.from(file as Buffer);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  return cutFile(pieces(), { sizeBytes: bytes.length, rangeBytes, rowsMax });
};
const texts = (file: Buffer | string, { ranges }: CutFile): string[] =>
  ranges.map(({ from, to }) =>
    Buffer.from(file as Buffer)
      .subarray(from, to)
      .toString(),
  );

describe('cutFile', () => {
  it('cuts at the first row after so many bytes and counts blank rows too', async () => {
    const file = 'phone,name\n+14155550131,Ada\n\n+14155550132,Bob\n+14155550133,Eve\n';

    const made = await cut(file, 30);

    expect(texts(file, made)).toEqual(['+14155550131,Ada\n\n+14155550132,Bob\n', '+14155550133,Eve\n']);
    expect(made.ranges.map(({ row }) => row)).toEqual([1, 4]);
    expect(made.rows).toBe(3);
  });

  it('never cuts within a quoted cell, whatever line ends and delimiters stand in it', async () => {
    const file = 'phone,name\r\n1,"a\r\n2,b\r\n3,c"\r\n4,"d ""e\r\n"" f"\r\n5,g';

    const made = await cut(file, 1, { pieceBytes: 1 });

    expect(texts(file, made)).toEqual(['1,"a\r\n2,b\r\n3,c"\r\n', '4,"d ""e\r\n"" f"\r\n', '5,g']);
    expect(made.ranges.map(({ row }) => row)).toEqual([1, 2, 3]);
  });

  it('goes on at the next line after a mark that was never closed, as the reader does', async () => {
    const long = `x,"${'y'.repeat(40_000)}`;
    const file = `phone,name\n1,"open\n2,b\n3,c\n${long}\n4,d\n`;

    const made = await cut(file, 1, { pieceBytes: 7 });

    expect(texts(file, made).join('')).toBe(file.slice('phone,name\n'.length));
    expect(made.rows).toBe(5);
  });

  it.each([
    ['UTF-8 with a byte order mark', Buffer.from('\ufeffphöne,name\n1,Zoë\n2,李李\n3,x\n')],
    ['UTF-16', Buffer.from('\ufeffphöne,name\n1,Zoë\n2,李李\n3,x\n', 'utf16le')],
    ['windows-1252 that begins as ASCII', Buffer.from('phone,name\n1,Zo\n2,Zoë and more\n3,Zoë\n', 'latin1')],
    ['damaged UTF-8', Buffer.from([...Buffer.from('phone,näme\n1,ä'), 0xe2, 0x82, ...Buffer.from('b\n2,ö\n3,x\n')])],
  ])('cuts %s at its rows', async (_what, file) => {
    const made = await cut(file, 1, { pieceBytes: 5 });
    const unit = made.encoding.startsWith('utf-16') ? 2 : 1;
    const lineEnds = (to: number): number => file.subarray(0, to).filter((byte) => byte === 10).length;

    expect(made.ranges.length).toBeGreaterThan(1);
    for (const { from, row } of made.ranges) {
      expect(file.subarray(from - unit, from).filter((byte) => byte === 10)).toHaveLength(1);
      expect(row).toBe(lineEnds(from));
    }
  });

  it('cuts files with old line ends', async () => {
    const file = 'phone,name\r1,a\r2,"b\rc"\r3,d\r';

    const made = await cut(file, 1, { pieceBytes: 20 });

    expect(made.hasOldLineEnds).toBe(true);
    expect(texts(file, made)).toEqual(['1,a\r', '2,"b\rc"\r3,d\r']);
  });

  it('keeps to a thousand ranges, so that what the state machine tells of them stays small', async () => {
    const file = `phone,name\n${'1,a\n'.repeat(5_000)}`;

    const { ranges } = await cut(file, 1, { pieceBytes: 4, rowsMax: 5_000 });

    expect(ranges.length).toBeGreaterThan(500);
    expect(ranges.length).toBeLessThanOrEqual(1_000);
  });

  it.each([
    ['a file without rows', 'phone,name\n', /a header and no rows/],
    ['an empty file', '', /empty/],
    ['too many rows', 'phone,name\n1,a\n2,b\n3,c\n', /more than 2 rows/],
  ])('refuses %s', (_what, file, sentence) => expect(cut(file, 1, { rowsMax: 2 })).rejects.toThrow(sentence));
});
