import { S3Client } from '@aws-sdk/client-s3';
import { StoredRegistryReader, type RegistryReaderDeps } from '../../registry/reader.ts';
import { RegistryStore } from '../../registry/store.ts';
import { S3Objects } from './registry-store.ts';

/** The registry's copy in a bucket, read within the time that a call may wait for its verdict. */
export function openRegistryReader(
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
  deps: Pick<RegistryReaderDeps, 'clock' | 'reportFault'>,
): StoredRegistryReader {
  const client = new S3Client({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
  return new StoredRegistryReader({ ...deps, store: new RegistryStore(new S3Objects({ client, bucket, prefix })) });
}
