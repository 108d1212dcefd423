import { type RowSink, type RowsLeft, rowCharactersMax } from './csv-rows.ts';

/** Cuts JSON Lines into rows: one object a line, whose members stand in the order of the columns that were found first. */
export class JsonRows {
  readonly #columns: readonly string[];
  readonly #sink: RowSink;
  #row: number;
  #tail = '';
  #isSkippingLine = false;

  /** @param row the number of the last row before the text begins. */
  constructor(settings: { columns: readonly string[]; row: number }, sink: RowSink) {
    this.#columns = settings.columns;
    this.#row = settings.row;
    this.#sink = sink;
  }

  push(text: string): void {
    const whole = this.#tail === '' ? text : this.#tail + text;
    let at = 0;
    for (let end = whole.indexOf('\n'); end >= 0; end = whole.indexOf('\n', at)) {
      if (this.#isSkippingLine) this.#isSkippingLine = false;
      else this.#line(whole.slice(at, end));
      at = end + 1;
    }
    this.#tail = whole.slice(at);
    if (this.#tail.length <= rowCharactersMax) return;
    if (!this.#isSkippingLine) this.#fault('row-too-long');
    this.#isSkippingLine = true;
    this.#tail = '';
  }

  /** Undefined within a line that is too long, of which nothing is kept. */
  get left(): RowsLeft | undefined {
    return this.#isSkippingLine ? undefined : { text: this.#tail, row: this.#row };
  }

  finish(): void {
    if (this.#tail !== '' && !this.#isSkippingLine) this.#line(this.#tail);
    this.#tail = '';
  }

  #line(line: string): void {
    if (line.length > rowCharactersMax) return this.#fault('row-too-long');
    const text = line.trim();
    if (text === '') {
      this.#row += 1;
      return;
    }
    const members = readObject(text);
    if (!members) return this.#fault('row-not-json');
    const cells: string[] = [];
    for (const column of this.#columns) {
      const cell = cellOf(members[column]);
      if (cell === undefined) return this.#fault('row-nested');
      cells.push(cell);
    }
    this.#row += 1;
    this.#sink.row(cells, this.#row);
  }

  #fault(code: 'row-too-long' | 'row-not-json' | 'row-nested'): void {
    this.#row += 1;
    this.#sink.fault(this.#row, code);
  }
}

/** The members of an object, or undefined for anything else. */
export function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function cellOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
