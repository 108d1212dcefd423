import { hashOf } from '../number-set.ts';

/** A number as a 64-bit float and its row as 32 bits: rows of a file are fewer than 2^32. */
const recordBytes = 12;
const recordsFirst = 1_024;
/** Shares of a shard that fit into memory, some 46 MB at worst, with room for an uneven share. */
const numbersPerShard = 2_000_000;
const shardsMin = 4;

/** How many shards the numbers of a file are kept in. */
export const shardsFor = (rows: number): number => Math.max(shardsMin, Math.ceil(rows / numbersPerShard));

/** By other bits of the hash than those by which `NumberSet` tells numbers apart. */
const shardOf = (digits: number, shards: number): number => Math.floor((hashOf(digits) / 4_294_967_296) * shards);

/** The numbers of a range by shard, each with its row, in the order of the rows. */
export class NumberShards {
  readonly #buffers: Buffer[];
  readonly #used: number[];

  constructor(shards: number) {
    this.#buffers = Array.from({ length: shards }, () => Buffer.allocUnsafe(recordsFirst * recordBytes));
    this.#used = Array.from({ length: shards }, () => 0);
  }

  add(digits: number, row: number): void {
    const shard = shardOf(digits, this.#buffers.length);
    const at = this.#used[shard] as number;
    let buffer = this.#buffers[shard] as Buffer;
    if (at === buffer.length) {
      buffer = Buffer.concat([buffer], buffer.length * 2);
      this.#buffers[shard] = buffer;
    }
    buffer.writeDoubleLE(digits, at);
    buffer.writeUInt32LE(row, at + 8);
    this.#used[shard] = at + recordBytes;
  }

  bytesOf(shard: number): Uint8Array {
    return (this.#buffers[shard] as Buffer).subarray(0, this.#used[shard]);
  }
}

/** Reads what {@link NumberShards} wrote. */
export function eachNumber(bytes: Uint8Array, take: (digits: number, row: number) => void): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < buffer.length; at += recordBytes) take(buffer.readDoubleLE(at), buffer.readUInt32LE(at + 8));
}

const rowBytes = 4;

export function encodeRows(rows: readonly number[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(rows.length * rowBytes);
  for (const [index, row] of rows.entries()) bytes.writeUInt32LE(row, index * rowBytes);
  return bytes;
}

/** The rows of several lists together, ascending. */
export function decodeRows(lists: readonly Uint8Array[]): Uint32Array {
  const joined = Buffer.concat(lists);
  const rows = new Uint32Array(joined.length / rowBytes);
  for (let index = 0; index < rows.length; index += 1) rows[index] = joined.readUInt32LE(index * rowBytes);
  return rows.sort();
}
