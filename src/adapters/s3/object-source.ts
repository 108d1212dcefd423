import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ByteSource } from '../zip/byte-source.ts';

/** An object in a bucket, read by ranges of the version that was found first. */
export async function openObjectSource(
  client: Pick<S3Client, 'send'>,
  { bucket, key }: { readonly bucket: string; readonly key: string },
): Promise<ByteSource & { readonly metadata: Readonly<Record<string, string>> }> {
  const at = { Bucket: bucket, Key: key };
  const { ContentLength, ETag, Metadata } = await client.send(new HeadObjectCommand(at));
  if (ContentLength === undefined || !ETag) throw new Error(`S3 answered without length or ETag for ${key}.`);
  return {
    name: key.slice(key.lastIndexOf('/') + 1),
    sizeBytes: ContentLength,
    metadata: Metadata ?? {},
    open(start, end) {
      const out = new PassThrough();
      const command = new GetObjectCommand({ ...at, Range: `bytes=${start}-${end - 1}`, IfMatch: ETag });
      void copyTo(out, client, command).catch((error: Error) => out.destroy(error));
      return out;
    },
  };
}

async function copyTo(out: PassThrough, client: Pick<S3Client, 'send'>, command: GetObjectCommand): Promise<void> {
  const { Body } = await client.send(command);
  if (!(Body instanceof Readable)) throw new Error(`S3 gave no stream for ${command.input.Key}.`);
  await pipeline(Body, out);
}
