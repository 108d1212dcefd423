import type { Clock, EpochMs } from '../shared/clock.ts';
import type { BitmapPool } from './bitmap-pool.ts';
import { ChangeLog } from './change-log.ts';
import {
  type ImportCommand,
  type ImportLimits,
  type ImportProgress,
  type ListReport,
  Refusal,
} from './import-types.ts';
import { dateOfList, dayOf, isFutureDate } from './list-date.ts';
import type { RegistryFile, RegistryList } from './ports.ts';
import { ListScanner } from './scan-list.ts';

export interface ListReaderDeps {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly limits: ImportLimits;
  readonly pool: BitmapPool;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/** Reads what was handed in: full lists into bitmaps, change lists into a log that waits for its base. */
export class ListReader {
  readonly changes = new ChangeLog();
  readonly reports: ListReport[] = [];
  /** The oldest full list that named an area code. */
  readonly fullAsOfMs = new Map<number, EpochMs>();
  /** The newest change list that named an area code. */
  readonly changeAsOfMs = new Map<number, EpochMs>();
  readonly #deps: ListReaderDeps;

  constructor(deps: ListReaderDeps) {
    this.#deps = deps;
  }

  /** @throws Refusal where the import cannot go on. */
  async read(command: ImportCommand): Promise<void> {
    for (const file of command.files) {
      let lists = 0;
      for await (const list of file.lists()) {
        lists += 1;
        await this.#readList(list, this.#dateOf(command.asOf ?? file.statedAsOf, file, list));
      }
      if (lists === 0) throw new Refusal('list-empty', `${file.name} holds no list: it has no file inside.`);
    }
    if (this.reports.length === 0)
      throw new Refusal('no-files', 'No file was named: name at least one list to import.');
  }

  async #readList(list: RegistryList, asOfMs: EpochMs): Promise<void> {
    const { listsMax } = this.#deps.limits;
    if (this.reports.length >= listsMax) {
      throw new Refusal('too-much', `More than ${listsMax} lists were handed in at once: import them in parts.`);
    }
    const scanner = this.#scannerFor(asOfMs);
    let bytes = 0;
    for await (const chunk of list.chunks()) {
      bytes += chunk.byteLength;
      scanner.push(chunk);
      this.#check(list, scanner);
      await this.#deps.pool.relieve();
      this.#deps.onProgress?.({ list: list.name, bytes, rows: scanner.rows });
    }
    const wholeLinesMalformed = scanner.malformedCount;
    scanner.finish();
    await this.#deps.pool.relieve();
    this.#check(list, scanner);
    this.reports.push(conclude(list, scanner, asOfMs, scanner.malformedCount > wholeLinesMalformed));
  }

  #scannerFor(asOfMs: EpochMs): ListScanner {
    const { pool } = this.#deps;
    let lastListed = 0;
    return new ListScanner({
      listed: (areaCode, line) => {
        pool.set(areaCode, line);
        if (areaCode === lastListed) return;
        lastListed = areaCode;
        this.fullAsOfMs.set(areaCode, Math.min(asOfMs, this.fullAsOfMs.get(areaCode) ?? asOfMs));
      },
      changed: (areaCode, line, action, changedAtMs) => {
        this.changes.add(areaCode, line, action, changedAtMs ?? asOfMs);
        this.changeAsOfMs.set(areaCode, Math.max(asOfMs, this.changeAsOfMs.get(areaCode) ?? asOfMs));
      },
    });
  }

  #dateOf(stated: string | undefined, file: RegistryFile, list: RegistryList): EpochMs {
    const asOfMs = dateOfList(stated, [list.name, file.name]);
    if (asOfMs === undefined) {
      const detail =
        stated === undefined
          ? `The date of ${list.name} is not known: put it in the file's name (2026-11-02_212.txt) or state it with --as-of.`
          : `The stated date of ${list.name} must be a day such as 2026-11-02, got "${stated.slice(0, 40)}".`;
      throw new Refusal('date-missing', detail);
    }
    const nowMs = this.#deps.clock.nowMs();
    if (isFutureDate(asOfMs, nowMs)) {
      throw new Refusal('date-in-future', `${list.name} is dated ${dayOf(asOfMs)}, which is in the future.`);
    }
    return Math.min(asOfMs, nowMs);
  }

  #check(list: RegistryList, scanner: ListScanner): void {
    if (scanner.foreign === 'xml') {
      throw new Refusal('not-a-registry-list', `${list.name} is an XML file: download the list as flat text instead.`);
    }
    if (scanner.foreign) throw new Refusal('not-a-registry-list', `${list.name} is no registry list: it is not text.`);
    const { malformedLinesMax, changeRowsMax } = this.#deps.limits;
    if (scanner.malformedCount > malformedLinesMax) {
      if (scanner.rows === 0) throw notAList(list, scanner);
      const { lineNumber, why } = firstMalformed(scanner);
      throw new Refusal(
        'too-many-malformed-lines',
        `${list.name} has more than ${malformedLinesMax} malformed lines, the first one is line ${lineNumber}: ${why}.`,
        scanner.malformed,
      );
    }
    if (this.changes.rows > changeRowsMax) {
      throw new Refusal(
        'too-much',
        `The change lists have more than ${changeRowsMax} rows: import the full lists instead.`,
      );
    }
  }
}

function conclude(list: RegistryList, scanner: ListScanner, asOfMs: EpochMs, brokenEnd: boolean): ListReport {
  const { kind, rows, malformedCount, malformed } = scanner;
  if (kind === undefined) {
    if (malformedCount > 0) throw notAList(list, scanner);
    throw new Refusal('list-empty', `${list.name} is empty: a list has at least one number.`);
  }
  if (brokenEnd) {
    throw new Refusal(
      'list-cut-off',
      `${list.name} ends in the middle of a line, so it was cut off: download it again.`,
    );
  }
  return { list: list.name, kind, asOfMs, rows, malformedCount, malformed };
}

function notAList(list: RegistryList, scanner: ListScanner): Refusal {
  const { lineNumber, why } = firstMalformed(scanner);
  return new Refusal(
    'not-a-registry-list',
    `${list.name} is no registry list: no line is a ten-digit number, "area,number" or a change (line ${lineNumber}: ${why}).`,
  );
}

const firstMalformed = (scanner: ListScanner) => scanner.malformed[0] ?? { lineNumber: 1, why: 'it is no number' };
