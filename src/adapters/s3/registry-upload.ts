import type { S3Client } from '@aws-sdk/client-s3';
import type { RegistryFile } from '../../registry/ports.ts';
import { registryFile } from '../zip/registry-file.ts';
import { openObjectSource } from './object-source.ts';

/** An uploaded list; its metadata `as-of` (`YYYY-MM-DD`) states its date. */
export async function openRegistryUpload(
  client: Pick<S3Client, 'send'>,
  at: { readonly bucket: string; readonly key: string },
): Promise<RegistryFile> {
  const source = await openObjectSource(client, at);
  const statedAsOf = source.metadata['as-of'];
  return registryFile(source, { ...(statedAsOf !== undefined && { statedAsOf }) });
}
