import { isAscii, isUtf8 } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import { UploadFileError } from './upload-error.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** A file that begins like this is something else than text; the last word is what a person would call it. */
const foreignBeginnings: readonly { readonly bytes: readonly number[]; readonly name: string }[] = [
  { bytes: [0x50, 0x4b, 0x03, 0x04], name: 'a spreadsheet (xlsx) or a zip' },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], name: 'an old spreadsheet (xls)' },
  { bytes: [0x1f, 0x8b], name: 'a gzip' },
  { bytes: [0x25, 0x50, 0x44, 0x46], name: 'a PDF' },
];

/** A multi-byte character has at most four bytes, so the start of one may be the last three of a chunk. */
const incompleteBytesMax = 3;
/** Bytes looked at for zeros, which tell UTF-16 from UTF-8 where no byte order mark does. */
const zeroSampleBytes = 4_096;

/**
 * Turns bytes into text in one pass. A byte order mark decides; else zeros in every other byte mean UTF-16; else the
 * text is UTF-8 unless its first bytes beyond ASCII are none, which is what spreadsheets save as windows-1252.
 */
export class TextDecoding {
  /** ASCII alone counts as UTF-8. */
  encoding: Encoding = 'utf-8';
  /** Bytes of the byte order mark. */
  markBytes = 0;
  #decode: ((bytes: Buffer) => string) | undefined;
  #finish: () => string = () => '';
  #held: Buffer = Buffer.alloc(0);
  #hasBegun = false;

  /** @param encoding where it is known already; the bytes begin without a mark then */
  constructor(encoding?: Encoding) {
    if (encoding) this.#use(encoding);
  }

  /** Whether bytes wait that may hold whole characters. */
  get holdsBytes(): boolean {
    return this.#held.length > 0;
  }

  /** @throws UploadFileError for bytes that are no text. */
  push(chunk: Uint8Array): string {
    const bytes = this.#withHeld(chunk);
    if (this.#decode) return this.#decode(bytes);
    if (!this.#hasBegun) {
      if (bytes.length < 4 && this.#held.length === 0) return this.#hold(bytes);
      this.#hasBegun = true;
      refuseForeign(bytes);
      const marked = this.#begin(bytes);
      if (marked !== undefined) return marked;
    }
    return this.#undecided(bytes);
  }

  /** What an incomplete last character, or a file of less than four bytes, still gives. */
  finish(): string {
    const rest = this.#held;
    this.#held = Buffer.alloc(0);
    if (this.#decode) return this.#decode(rest) + this.#finish();
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      const marked = this.#begin(rest);
      if (marked !== undefined) return marked + this.#finish();
    }
    if (rest.length === 0) return '';
    return this.#use(isUtf8(rest) ? 'utf-8' : 'windows-1252')(rest) + this.#finish();
  }

  #withHeld(chunk: Uint8Array): Buffer {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#held.length === 0) return bytes;
    const joined = Buffer.concat([this.#held, bytes]);
    this.#held = Buffer.alloc(0);
    return joined;
  }

  #hold(bytes: Buffer): string {
    this.#held = Buffer.from(bytes);
    return '';
  }

  /** Text where a mark or zeros decide the encoding, else undefined. */
  #begin(bytes: Buffer): string | undefined {
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return this.#marked('utf-8', bytes, 3);
    if (bytes[0] === 0xff && bytes[1] === 0xfe) return this.#marked('utf-16le', bytes, 2);
    if (bytes[0] === 0xfe && bytes[1] === 0xff) return this.#marked('utf-16be', bytes, 2);
    const zeros = zeroShares(bytes.subarray(0, zeroSampleBytes));
    if (zeros.odd > 0.3 && zeros.even < 0.1) return this.#use('utf-16le')(bytes);
    if (zeros.even > 0.3 && zeros.odd < 0.1) return this.#use('utf-16be')(bytes);
    if (zeros.even + zeros.odd > 0) throw new UploadFileError('The file is no text: it holds bytes that no CSV has.');
    return undefined;
  }

  #marked(encoding: Encoding, bytes: Buffer, markBytes: number): string {
    this.markBytes = markBytes;
    return this.#use(encoding)(bytes.subarray(markBytes));
  }

  /** ASCII tells nothing yet; the first bytes beyond it decide. */
  #undecided(bytes: Buffer): string {
    if (isAscii(bytes)) return bytes.toString('latin1');
    const certain = Math.max(0, bytes.length - incompleteBytesMax);
    if (isAscii(bytes.subarray(0, certain))) {
      this.#hold(bytes.subarray(certain));
      return bytes.toString('latin1', 0, certain);
    }
    return this.#use(looksLikeUtf8(bytes) ? 'utf-8' : 'windows-1252')(bytes);
  }

  #use(encoding: Encoding): (bytes: Buffer) => string {
    this.encoding = encoding;
    const { decode, finish } = decoderOf(encoding);
    this.#decode = decode;
    this.#finish = finish;
    return decode;
  }
}

function refuseForeign(bytes: Buffer): void {
  const found = foreignBeginnings.find((each) => each.bytes.every((byte, index) => bytes[index] === byte));
  if (found) throw new UploadFileError(`The file is ${found.name} file, not CSV: save it as CSV (UTF-8) first.`);
}

function zeroShares(bytes: Buffer): { even: number; odd: number } {
  const zeros: [number, number] = [0, 0];
  for (let index = 0; index < bytes.length; index += 1) {
    if (bytes[index] === 0) zeros[(index % 2) as 0 | 1] += 1;
  }
  const half = Math.max(1, bytes.length / 2);
  return { even: zeros[0] / half, odd: zeros[1] / half };
}

/** Also where a few bytes are damaged: then the rows that hold them are rejected, not all the accents of the file. */
function looksLikeUtf8(bytes: Buffer): boolean {
  if (isUtf8(bytes)) return true;
  for (let cut = 1; cut <= incompleteBytesMax; cut += 1) {
    const startsCharacter = (bytes[bytes.length - cut] as number) >= 0xc2;
    if (startsCharacter && isUtf8(bytes.subarray(0, bytes.length - cut))) return true;
  }
  const text = bytes.toString();
  const damaged = text.split('\ufffd').length - 1;
  // oxlint-disable-next-line no-control-regex
  const beyondAscii = text.match(/[^\u0000-\u007f]/gu)?.length ?? 0;
  return damaged * 4 < beyondAscii;
}

interface Decoder {
  readonly decode: (bytes: Buffer) => string;
  readonly finish: () => string;
}

function decoderOf(encoding: Encoding): Decoder {
  switch (encoding) {
    case 'windows-1252':
      return { decode: windows1252, finish: () => '' };
    case 'utf-16be': {
      const decoder = new StringDecoder('utf16le');
      let odd: Buffer = Buffer.alloc(0);
      return {
        decode: (bytes) => {
          const joined = Buffer.concat([odd, bytes]);
          const even = joined.length - (joined.length % 2);
          odd = joined.subarray(even);
          return decoder.write(joined.subarray(0, even).swap16());
        },
        finish: () => decoder.end() + (odd.length > 0 ? '\ufffd' : ''),
      };
    }
    case 'utf-16le':
    case 'utf-8': {
      const decoder = new StringDecoder(encoding === 'utf-8' ? 'utf8' : 'utf16le');
      return { decode: (bytes) => decoder.write(bytes), finish: () => decoder.end() };
    }
  }
}

/** What windows-1252 has where Latin-1 has control characters, from 0x80 on (WHATWG Encoding Standard, index windows-1252). */
const from0x80 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

const windows1252 = (bytes: Buffer): string =>
  // oxlint-disable-next-line no-control-regex
  bytes
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (character) => from0x80[character.charCodeAt(0) - 0x80] as string);
