import { NoSuchKey, S3ServiceException } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { S3Objects } from '../../../../src/adapters/s3/registry-store.ts';

const metadata = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } });
const refusal = (status: number) => new S3ServiceException({ name: 'Refused', $fault: 'client', ...metadata(status) });
const body = (text: string) => ({ transformToByteArray: async () => Buffer.from(text) });

function setUp(...answers: unknown[]) {
  const sent: object[] = [];
  const client = {
    send: async (command: { input: object }) => {
      sent.push(command.input);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return { sent, objects: new S3Objects({ client: client as never, bucket: 'b' }) };
}

it('puts the first pointer only where there is none', async () => {
  const { objects, sent } = setUp({});
  expect(await objects.replace('current.json', Buffer.from('x'), undefined)).toBe('replaced');
  expect(sent).toMatchObject([{ Bucket: 'b', Key: 'registry/US/current.json', IfNoneMatch: '*' }]);
});

it('puts a pointer only in place of the one that was read', async () => {
  const { objects, sent } = setUp({});
  await objects.replace('current.json', Buffer.from('x'), '"etag"');
  expect(sent).toMatchObject([{ IfMatch: '"etag"' }]);
});

it.each([404, 409, 412])('tells a conflict from status %i', async (status) => {
  const { objects } = setUp(refusal(status));
  expect(await objects.replace('current.json', Buffer.from('x'), '"etag"')).toBe('conflict');
});

it('throws other refusals', async () => {
  const { objects } = setUp(refusal(403));
  await expect(objects.replace('current.json', Buffer.from('x'), '"etag"')).rejects.toThrow();
});

it('asks for exactly the bytes of a range and throws for fewer', async () => {
  const { objects, sent } = setUp({ Body: body('0123') }, { Body: body('01') });
  expect(Buffer.from(await objects.readRange('k', 16, 4)).toString()).toBe('0123');
  expect(sent).toMatchObject([{ Range: 'bytes=16-19' }]);
  await expect(objects.readRange('k', 16, 4)).rejects.toThrow('S3 gave 2 bytes of k, expected 4.');
});

it('gives nothing for a missing object, and throws every other fault', async () => {
  const { objects } = setUp(new NoSuchKey({ message: '', ...metadata(404) }), refusal(403));
  expect(await objects.read('k')).toBeUndefined();
  await expect(objects.read('k')).rejects.toThrow();
});
