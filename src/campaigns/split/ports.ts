/** Objects between the steps of a plan in parts. Writing the same again replaces it, so that a step may run again. */
export interface SplitObjects {
  /** Rejects where there is no such object. */
  read(key: string): Promise<Uint8Array>;
  /** For what may be larger than memory. A piece is valid until the next is asked for. */
  readPieces(key: string): AsyncIterable<Uint8Array>;
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Writes piece by piece, however large it becomes. */
  begin(key: string): GrowingObject;
}

export interface GrowingObject {
  append(piece: string | Uint8Array): Promise<void>;
  finish(): Promise<void>;
  /** Leaves no object behind. */
  abandon(): Promise<void>;
}

/** Starts a plan in parts. Asked again for the same upload, it starts nothing new. */
export interface SplitStarter {
  start(uploadId: string): Promise<void>;
}
