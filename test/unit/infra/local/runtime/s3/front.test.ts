import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type S3Front, startS3Front } from '../../../../../../infra/local/runtime/s3/front.ts';
import type { NotificationRule } from '../../../../../../infra/local/runtime/s3/notification-rules.ts';

const RULE: NotificationRule = {
  bucket: 'lists',
  event: 's3:ObjectCreated:*',
  prefix: 'in/',
  suffix: '',
  target: { queueArn: 'arn:q' },
};

interface Message {
  readonly Records: readonly [
    {
      readonly eventName: string;
      readonly s3: {
        readonly bucket: { readonly name: string };
        readonly object: { readonly key: string; readonly size: number; readonly eTag: string };
      };
    },
  ];
}

/** An engine that stores what it is given, and refuses keys that begin with `in/no`. */
const startEngine = async (): Promise<Server> => {
  const sizes = new Map<string, number>();
  const engine = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
    });
    request.on('end', () => {
      if (path.includes('/in/no')) return response.writeHead(403).end('<Error/>');
      if (request.method === 'PUT') sizes.set(path, size);
      return response
        .writeHead(200, { etag: '"e1"', 'content-length': request.method === 'HEAD' ? (sizes.get(path) ?? 0) : 0 })
        .end();
    });
  });
  await new Promise<void>((resolve) => engine.listen(0, '127.0.0.1', resolve));
  return engine;
};

describe('S3 with notifications', () => {
  let engine: Server;
  let front: S3Front;
  let told: { readonly target: NotificationRule['target']; readonly message: Message }[];

  beforeEach(async () => {
    told = [];
    engine = await startEngine();
    front = await startS3Front({
      engine: new URL(`http://127.0.0.1:${(engine.address() as AddressInfo).port}`),
      rules: [RULE],
      notify: async (target, message) => void told.push({ target, message: message as Message }),
      report: () => undefined,
    });
  });
  afterEach(async () => {
    await front.close();
    engine.close();
  });

  const put = (path: string, headers: Record<string, string> = {}) =>
    fetch(new URL(path, front.url), { method: 'PUT', body: 'abc', headers });

  it('tells of a new object, with its key as S3 writes it, before the client has its answer', async () => {
    const response = await put('/lists/in/my%20list.csv?x-id=PutObject');

    expect(response.status).toBe(200);
    expect(told).toMatchObject([
      {
        target: { queueArn: 'arn:q' },
        message: {
          Records: [
            {
              eventName: 'ObjectCreated:Put',
              s3: { bucket: { name: 'lists' }, object: { key: 'in/my+list.csv', size: 3, eTag: 'e1' } },
            },
          ],
        },
      },
    ]);
  });

  it('tells of an object that came by a link', async () => {
    await put('/lists/in/a.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=60&X-Amz-Signature=1&x-id=PutObject');

    expect(told).toHaveLength(1);
  });

  it.each([
    ['another prefix', '/lists/out/a.csv'],
    ['another bucket', '/others/in/a.csv'],
    ['a part of an upload', '/lists/in/a.csv?partNumber=1&uploadId=u'],
    ['the tags of an object', '/lists/in/a.csv?tagging'],
    ['an object that was refused', '/lists/in/no.csv'],
    ['a bucket', '/lists'],
  ])('says nothing of %s', async (_what, path) => {
    await put(path);

    expect(told).toEqual([]);
  });

  it('tells apart how an object came to be', async () => {
    await put('/lists/in/copy.csv', { 'x-amz-copy-source': 'lists/in/a.csv' });
    await fetch(new URL('/lists/in/large.csv?uploadId=u', front.url), { method: 'POST' });

    expect(told.map(({ message }) => message.Records[0].eventName)).toEqual([
      'ObjectCreated:Copy',
      'ObjectCreated:CompleteMultipartUpload',
    ]);
  });

  it('answers 503 where the notification could not be sent, so that the client tries again', async () => {
    await front.close();
    front = await startS3Front({
      engine: new URL(`http://127.0.0.1:${(engine.address() as AddressInfo).port}`),
      rules: [RULE],
      notify: () => Promise.reject(new Error('no queue')),
      report: () => undefined,
    });

    expect((await put('/lists/in/a.csv')).status).toBe(503);
  });
});
