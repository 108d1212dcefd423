import { describe, expect, it } from 'vitest';
import { TextDecoding } from '../../../src/campaigns/decode-text.ts';

/** Decodes in pieces of a size, so that characters are cut in the middle. */
function decode(bytes: Buffer, pieceBytes = bytes.length): { text: string; encoding: string } {
  const decoding = new TextDecoding();
  let text = '';
  for (let at = 0; at < bytes.length; at += pieceBytes) text += decoding.push(bytes.subarray(at, at + pieceBytes));
  text += decoding.finish();
  return { text, encoding: decoding.encoding };
}

const words = 'Name;Ort\nJörg Müßig;Zürich – “Altstadt”\n';
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16();
const inWindows1252 = Buffer.from(words.replace('–', '\u0096').replace('“', '\u0093').replace('”', '\u0094'), 'latin1');

describe('TextDecoding', () => {
  it.each([
    ['UTF-8', Buffer.from(words), 'utf-8'],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${words}`), 'utf-8'],
    ['UTF-16LE with a mark', Buffer.from(`\ufeff${words}`, 'utf16le'), 'utf-16le'],
    ['UTF-16LE', Buffer.from(words, 'utf16le'), 'utf-16le'],
    ['UTF-16BE with a mark', bigEndian(`\ufeff${words}`), 'utf-16be'],
    ['UTF-16BE', bigEndian(words), 'utf-16be'],
    ['windows-1252', inWindows1252, 'windows-1252'],
  ])('reads %s, whole and cut into pieces', (_name, bytes, encoding) => {
    expect(decode(bytes)).toEqual({ text: words, encoding });
    for (const pieceBytes of [1_000, 7, 5, 4]) expect(decode(bytes, pieceBytes).text).toBe(words);
  });

  it('decides when the first character beyond ASCII comes, however late', () => {
    const late = Buffer.concat([Buffer.from('a,b\n'.repeat(50_000)), Buffer.from('é', 'latin1')]);

    expect(decode(late, 65_536)).toEqual({ text: `${'a,b\n'.repeat(50_000)}é`, encoding: 'windows-1252' });
  });

  it('keeps a file in UTF-8 of which one character is damaged', () => {
    const { text, encoding } = decode(
      Buffer.concat([Buffer.from('äöüßéèêñ,'), Buffer.from([0xe9]), Buffer.from(',x')]),
    );

    expect([text, encoding]).toEqual(['äöüßéèêñ,\ufffd,x', 'utf-8']);
  });

  it.each([0, 1, 3])('reads a file of %i bytes', (length) => {
    expect(decode(Buffer.from('abc'.slice(0, length))).text).toBe('abc'.slice(0, length));
  });

  it.each([
    [
      Buffer.from('PK\u0003\u0004rest'),
      'The file is a spreadsheet (xlsx) or a zip file, not CSV: save it as CSV (UTF-8) first.',
    ],
    [Buffer.from([0x1f, 0x8b, 8, 0, 0]), 'The file is a gzip file, not CSV: save it as CSV (UTF-8) first.'],
    [Buffer.from([1, 2, 0, 0, 3, 0, 0, 7]), 'The file is no text: it holds bytes that no CSV has.'],
  ])('refuses %j', (bytes, message) => {
    expect(() => decode(bytes)).toThrow(expect.objectContaining({ name: 'UploadFileError', message }));
  });
});
