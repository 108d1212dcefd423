import type { IncomingMessage } from 'node:http';

/** DynamoDB: a request is at most 16 MB; no other service that names its resources in the body takes more. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;

export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
  readonly code = 'body-too-large';
}

/**
 * Reads a whole body into memory.
 *
 * @throws BodyTooLargeError above `bytesMax` bytes.
 */
export const readBody = async (incoming: IncomingMessage, bytesMax = BODY_BYTES_MAX): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) {
      throw new BodyTooLargeError(`The body is larger than ${bytesMax} bytes.`);
    }
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
};
