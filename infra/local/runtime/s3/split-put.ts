import { once } from 'node:events';
import { type Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** The engine takes bodies of at most 11 MB, S3 itself of 5 GB. */
const WHOLE_BYTES_MAX = 8 * 1024 * 1024;

export interface Engine {
  readonly url: URL;
  readonly agent: Agent;
}

interface EngineAnswer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: string;
}

/** Whether the body of a request to make an object is larger than the engine takes at once, and lies in it as it is. */
export const isTooLargeForEngine = (incoming: IncomingMessage): boolean =>
  incoming.method === 'PUT' &&
  Number(incoming.headers['content-length'] ?? 0) > WHOLE_BYTES_MAX &&
  incoming.headers['x-amz-copy-source'] === undefined &&
  !String(incoming.headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING');

/**
 * Makes the object in parts that the engine takes, as clients do with larger files.
 * @returns what the engine answered in the end; nothing is left behind where it failed.
 */
export const putInParts = async (incoming: IncomingMessage, engine: Engine): Promise<EngineAnswer> => {
  const path = (incoming.url ?? '/').replace(/\?.*$/, '');
  const kept = Object.entries(incoming.headers).filter(([name]) =>
    /^(content-type|x-amz-meta-.*|authorization)$/.test(name),
  );
  const headers = Object.fromEntries(kept) as Record<string, string>;
  const ask = (method: string, query: string, body?: Buffer | string) =>
    askEngine(engine, { method, path: `${path}?${query}`, headers, ...(body !== undefined && { body }) });
  const begun = await ask('POST', 'uploads=');
  const uploadId = /<UploadId>([^<]+)<\/UploadId>/.exec(begun.body)?.[1];
  if (uploadId === undefined) return begun;
  const upload = `uploadId=${encodeURIComponent(uploadId)}`;
  const etags: string[] = [];
  for await (const part of partsOf(incoming)) {
    const taken = await ask('PUT', `partNumber=${etags.length + 1}&${upload}`, part);
    if (taken.status !== 200) {
      await ask('DELETE', upload);
      return taken;
    }
    etags.push(taken.etag ?? '');
  }
  const listed = etags.map((etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`);
  const done = await ask('POST', upload, `<CompleteMultipartUpload>${listed.join('')}</CompleteMultipartUpload>`);
  return { ...done, etag: done.etag ?? /<ETag>([^<]+)<\/ETag>/.exec(done.body)?.[1]?.replaceAll('&quot;', '"') };
};

async function* partsOf(incoming: IncomingMessage): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of incoming as AsyncIterable<Buffer>) {
    pieces.push(piece);
    bytes += piece.byteLength;
    if (bytes < WHOLE_BYTES_MAX) continue;
    yield Buffer.concat(pieces);
    pieces = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(pieces);
}

const askEngine = async (
  { url, agent }: Engine,
  wanted: { method: string; path: string; headers: Record<string, string>; body?: Buffer | string },
): Promise<EngineAnswer> => {
  const { method, path, headers, body = '' } = wanted;
  const asked = request(url, {
    agent,
    method,
    path,
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
  });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 502, etag: response.headers.etag, body: await text(response) };
};
