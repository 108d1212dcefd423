import type { TemplateModel } from '../../template/model.ts';
import { LOCAL_REGION } from '../../template/names.ts';

/** Makes the buckets that are not there yet. */
export const provisionBuckets = async (model: TemplateModel, engine: URL, adminKey: string): Promise<void> => {
  const date = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const authorization = `AWS4-HMAC-SHA256 Credential=${adminKey}/${date}/${LOCAL_REGION}/s3/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
  for (const bucket of model.of('AWS::S3::Bucket')) {
    const url = new URL(`/${bucket.ref}`, engine);
    const existing = await fetch(url, { method: 'HEAD', headers: { authorization } });
    if (existing.ok) continue;
    const made = await fetch(url, { method: 'PUT', headers: { authorization } });
    if (!made.ok) throw new Error(`The bucket ${bucket.ref} could not be made (${made.status}): ${await made.text()}`);
  }
};
