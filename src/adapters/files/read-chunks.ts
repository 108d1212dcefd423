import { open } from 'node:fs/promises';

const chunkBytesDefault = 256 * 1_024;

/**
 * Reads a local file into one buffer again and again: a chunk is valid until the next is asked for. A stream would leave
 * a new buffer behind with each read, and hundreds of megabytes of them before the collector comes by.
 */
export async function* readChunks(path: string, chunkBytes = chunkBytesDefault): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(chunkBytes);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
