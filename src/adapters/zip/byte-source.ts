import type { Readable } from 'node:stream';

/** A file that can be read from any place: on disk or in S3. */
export interface ByteSource {
  readonly name: string;
  readonly sizeBytes: number;
  /** Bytes from `start` up to, not including, `end`; at least one. */
  open(start: number, end: number): Readable;
}
