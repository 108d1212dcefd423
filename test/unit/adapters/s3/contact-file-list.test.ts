import type { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { S3ContactFileList } from '../../../../src/adapters/s3/contact-file-list.ts';

/** A bucket of so many pages. */
function start(pages: number) {
  const asked: (string | undefined)[] = [];
  const client = {
    send: async ({ input }: { readonly input: { readonly Prefix: string; readonly ContinuationToken?: string } }) => {
      asked.push(input.ContinuationToken);
      const page = Number(input.ContinuationToken ?? 1);
      return {
        Contents: [{ Key: `${input.Prefix}${page}.csv`, ETag: `"${page}"`, LastModified: new Date(page) }],
        ...(page < pages && { NextContinuationToken: String(page + 1) }),
      };
    },
  } as unknown as S3Client;
  return { files: new S3ContactFileList(client, 'bucket'), asked };
}

describe('the list of contact files', () => {
  it('has every page', async () => {
    const { files } = start(3);

    expect(await files.list('files/x/')).toEqual([
      { key: 'files/x/1.csv', etag: '"1"', modifiedMs: 1 },
      { key: 'files/x/2.csv', etag: '"2"', modifiedMs: 2 },
      { key: 'files/x/3.csv', etag: '"3"', modifiedMs: 3 },
    ]);
  });

  it('is whole with ten pages, and given up where there are more', async () => {
    const [ten, eleven] = [start(10), start(11)];

    expect(await ten.files.list('files/x/')).toHaveLength(10);
    expect(await eleven.files.list('files/x/')).toBe('incomplete');
    expect(eleven.asked).toHaveLength(10);
  });

  it('of an empty prefix is empty', async () => {
    const client = { send: async () => ({}) } as unknown as S3Client;

    expect(await new S3ContactFileList(client, 'bucket').list('files/x/')).toEqual([]);
  });
});
