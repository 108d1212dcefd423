const shardCount = 64;
const firstSlots = 256;
/** Fuller than this, probing gets slow. */
const loadMax = 0.7;

/**
 * A set of phone numbers that is exact and small: E.164 has at most 15 digits, which a 64-bit float holds exactly, so a
 * number needs 12 to 23 bytes and no object. Kept in shards, so that growing copies a sixty-fourth of it at a time.
 */
export class NumberSet {
  readonly #shards: Float64Array[] = Array.from({ length: shardCount }, () => new Float64Array(firstSlots));
  readonly #sizes = new Uint32Array(shardCount);

  get size(): number {
    return this.#sizes.reduce((sum, size) => sum + size, 0);
  }

  /**
   * @param number E.164 without the plus sign.
   * @returns false where it was there already.
   */
  add(number: number): boolean {
    const hash = hashOf(number);
    const shard = hash % shardCount;
    let slots = this.#shards[shard] as Float64Array;
    if ((this.#sizes[shard] as number) >= slots.length * loadMax) slots = this.#grow(shard);
    if (!insert(slots, hash, number)) return false;
    this.#sizes[shard] = (this.#sizes[shard] as number) + 1;
    return true;
  }

  #grow(shard: number): Float64Array {
    const small = this.#shards[shard] as Float64Array;
    const large = new Float64Array(small.length * 2);
    for (const number of small) if (number !== 0) insert(large, hashOf(number), number);
    this.#shards[shard] = large;
    return large;
  }
}

/** Linear probing; 0 marks a free slot, which no phone number is. */
function insert(slots: Float64Array, hash: number, number: number): boolean {
  const mask = slots.length - 1;
  for (let slot = (hash >>> 6) & mask; ; slot = (slot + 1) & mask) {
    const held = slots[slot];
    if (held === number) return false;
    if (held === 0) {
      slots[slot] = number;
      return true;
    }
  }
}

/** Mixes both halves of the number, so that neighbours land far apart (finalizer of MurmurHash3, public domain). */
export function hashOf(number: number): number {
  const high = Math.floor(number / 4_294_967_296);
  let mixed = (number - high * 4_294_967_296) ^ Math.imul(high, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
