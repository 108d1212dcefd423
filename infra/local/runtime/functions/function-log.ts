import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A log file that grew beyond this is put aside once, as `<function>.log.1`, at the next start. */
const SIZE_MAX_BYTES = 10 * 1024 * 1024;

/** The log of one function: a file in the data folder and, unless the host is quiet, the console. */
export class FunctionLog {
  readonly #file: number;
  readonly #echo: ((line: string) => void) | undefined;

  constructor(directory: string, name: string, echo?: (line: string) => void) {
    mkdirSync(directory, { recursive: true });
    const path = join(directory, `${name}.log`);
    if (existsSync(path) && statSync(path).size > SIZE_MAX_BYTES) renameSync(path, `${path}.1`);
    this.#file = openSync(path, 'a');
    this.#echo = echo;
  }

  /** Where a child's output goes: straight into the file, unless somebody wants to see it as well. */
  get target(): number | 'pipe' {
    return this.#echo === undefined ? this.#file : 'pipe';
  }

  follow(child: ChildProcess): void {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => this.write(line));
    }
  }

  write(line: string): void {
    writeSync(this.#file, `${line}\n`);
    this.#echo?.(line);
  }

  close(): void {
    closeSync(this.#file);
  }
}
