import type { ContactRow } from './contact-row.ts';

const slabBytes = 4 * 1024 * 1024;
/** More than any contact has: 8,000 characters and an id, each at most six bytes in JSON. */
const contactBytesMax = 64 * 1024;
const rowsFirst = 65_536;

export interface SegmentLimits {
  readonly bytesMax: number;
  readonly rowsMax: number;
}

/**
 * Contacts that wait for what the lists say about them, as the JSON that will be sent and a few numbers each. Lists are
 * asked for many numbers at once, because the registry loads a megabyte for each area code however few it is asked about.
 */
export class Segment {
  readonly #limits: SegmentLimits;
  readonly #slabs: Buffer[] = [];
  #slab = 0;
  #used = 0;
  #rows = new Uint32Array(rowsFirst);
  #digits = new Float64Array(rowsFirst);
  #classes = new Uint32Array(rowsFirst);
  #ends = new Uint32Array(rowsFirst);
  #slabOf = new Uint16Array(rowsFirst);
  length = 0;

  constructor(limits: SegmentLimits) {
    this.#limits = limits;
  }

  get isFull(): boolean {
    return this.length >= this.#limits.rowsMax || (this.#slab + 1) * slabBytes >= this.#limits.bytesMax;
  }

  /** @param fromMs the first lawful instant, or 0 where that is as soon as the list is active. */
  add(contact: ContactRow, row: number, classIndex: number, fromMs: number): void {
    if (this.length === this.#rows.length) this.#grow();
    if (this.#used + contactBytesMax > slabBytes && this.#slabs.length > 0) {
      this.#slab += 1;
      this.#used = 0;
    }
    this.#slabs[this.#slab] ??= Buffer.allocUnsafe(slabBytes);
    const slab = this.#slabs[this.#slab] as Buffer;
    let text = `[${row},"${contact.number}",${quoted(contact.id)},${fromMs}`;
    for (const value of contact.values) text += `,${quoted(value)}`;
    this.#used += slab.write(`${text}]`, this.#used);
    const index = this.length;
    this.#rows[index] = row;
    this.#digits[index] = contact.digits;
    this.#classes[index] = classIndex;
    this.#slabOf[index] = this.#slab;
    this.#ends[index] = this.#used;
    this.length += 1;
  }

  rowAt = (index: number): number => this.#rows[index] as number;
  digitsAt = (index: number): number => this.#digits[index] as number;
  classAt = (index: number): number => this.#classes[index] as number;
  numberAt = (index: number): string => `+${this.#digits[index]}`;

  /** Hands a contact's JSON on, as bytes. */
  copyTo(index: number, to: { add(slab: Buffer, from: number, to: number): void }): void {
    const slab = this.#slabOf[index] as number;
    const isFirst = index === 0 || this.#slabOf[index - 1] !== slab;
    to.add(this.#slabs[slab] as Buffer, isFirst ? 0 : (this.#ends[index - 1] as number), this.#ends[index] as number);
  }

  /** Empties it and keeps its memory. */
  clear(): void {
    this.length = 0;
    this.#slab = 0;
    this.#used = 0;
  }

  #grow(): void {
    const rows = this.#rows.length * 2;
    const grown = <A extends Uint32Array | Float64Array | Uint16Array>(larger: A, smaller: A): A => {
      larger.set(smaller);
      return larger;
    };
    this.#rows = grown(new Uint32Array(rows), this.#rows);
    this.#digits = grown(new Float64Array(rows), this.#digits);
    this.#classes = grown(new Uint32Array(rows), this.#classes);
    this.#ends = grown(new Uint32Array(rows), this.#ends);
    this.#slabOf = grown(new Uint16Array(rows), this.#slabOf);
  }
}

/** What JSON must escape, or may be a half of a pair; most texts have none of it. */
// oxlint-disable-next-line no-control-regex
const special = /["\\\u0000-\u001f\ud800-\udfff]/;

const quoted = (text: string): string => (special.test(text) ? JSON.stringify(text) : `"${text}"`);
