import { createHash } from 'node:crypto';

/** Numbers of one area code: seven digits after it. */
export const numbersPerAreaCode = 10_000_000;
/** One bit a number: 1.25 MB an area code. */
export const bitmapBytes = numbersPerAreaCode / 8;

export const emptyBitmap = (): Uint8Array<ArrayBuffer> => new Uint8Array(bitmapBytes);

/** @param line the seven digits after the area code. */
export function setBit(bitmap: Uint8Array, line: number): void {
  bitmap[line >> 3] = (bitmap[line >> 3] as number) | (1 << (line & 7));
}

export function clearBit(bitmap: Uint8Array, line: number): void {
  bitmap[line >> 3] = (bitmap[line >> 3] as number) & ~(1 << (line & 7));
}

export const hasBit = (bitmap: Uint8Array, line: number): boolean =>
  ((bitmap[line >> 3] as number) & (1 << (line & 7))) !== 0;

/** How many numbers are listed. */
export function countBits(bitmap: Uint8Array): number {
  const words = new Uint32Array(bitmap.buffer, bitmap.byteOffset, bitmap.byteLength >> 2);
  let count = 0;
  for (let index = 0; index < words.length; index += 1) {
    let word = words[index] as number;
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += (((word + (word >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return count;
}

/** SHA-256 in hex. */
export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
