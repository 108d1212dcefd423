import { appendFile, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import type { BulkCheckpoint, BulkCheckpoints, RejectReport } from '../../suppression/bulk-ports.ts';

const Count = z.int().check(z.nonnegative());
const CheckpointSchema = z.strictObject({
  fileSha256: z.string(),
  row: Count,
  added: Count,
  already: Count,
  rejected: Count,
  reportBytes: Count,
});

/** A checkpoint in a file beside the one that is imported. */
export class FileCheckpoints implements BulkCheckpoints {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** A file that is no checkpoint counts as none: the import begins at the top, which does no harm. */
  async read(): Promise<BulkCheckpoint | undefined> {
    const text = await readFile(this.#path, 'utf8').catch(undefinedIfMissing);
    if (text === undefined) return undefined;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
    const parsed = CheckpointSchema.safeParse(value);
    return parsed.success ? parsed.data : undefined;
  }

  async write(checkpoint: BulkCheckpoint): Promise<void> {
    await writeFile(`${this.#path}.part`, JSON.stringify(checkpoint), { mode: 0o600 });
    await rename(`${this.#path}.part`, this.#path);
  }

  async clear(): Promise<void> {
    await rm(this.#path, { force: true });
  }
}

/** The reject report as a local file. */
export class FileRejectReport implements RejectReport {
  readonly #path: string;
  #bytes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  async truncate(bytes: number): Promise<void> {
    const size = (await stat(this.#path).catch(undefinedIfMissing))?.size;
    if (bytes > 0 && (size === undefined || size < bytes)) {
      throw new Error(`${this.#path} is shorter than the import left it: delete its checkpoint to begin again.`);
    }
    if (size === undefined) await writeFile(this.#path, '', { mode: 0o600 });
    else await truncate(this.#path, bytes);
    this.#bytes = bytes;
  }

  async append(text: string): Promise<number> {
    await appendFile(this.#path, text);
    this.#bytes += Buffer.byteLength(text);
    return this.#bytes;
  }
}

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
