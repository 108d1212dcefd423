import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LOCAL_REGION } from '../../template/names.ts';
import { type NotificationRule, wants } from './notification-rules.ts';
import { isTooLargeForEngine, putInParts } from './split-put.ts';

export interface S3FrontOptions {
  /** The engine, which knows nothing of notifications. */
  readonly engine: URL;
  readonly rules: readonly NotificationRule[];
  readonly notify: (target: NotificationRule['target'], message: unknown) => Promise<void>;
  readonly report: (problem: string) => void;
}

/** S3 with notifications, in front of an engine without. */
export interface S3Front {
  readonly url: URL;
  close(): Promise<void>;
}

/**
 * Passes every request on and tells of each new object before the client hears that it is there: a client that got its
 * answer can rely on the notification, and one that did not will try again.
 */
export const startS3Front = async (options: S3FrontOptions): Promise<S3Front> => {
  const agent = new Agent({ keepAlive: true });
  const server = createServer({ keepAliveTimeout: 75_000 }, (incoming, outgoing) => {
    pass(incoming, outgoing, options, agent).catch((error: unknown) => {
      options.report(`S3: ${error instanceof Error ? error.message : String(error)}`);
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(503).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
};

const pass = async (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: S3FrontOptions,
  agent: Agent,
): Promise<void> => {
  const made = creationOf(incoming);
  if (made !== undefined && isTooLargeForEngine(incoming)) {
    const { status, etag, body } = await putInParts(incoming, { url: options.engine, agent });
    if (status === 200) await tell(made, incoming, options, agent);
    outgoing.writeHead(status, { ...(etag !== undefined && { etag }) }).end(status === 200 ? '' : body);
    return;
  }
  const forwarded = request(options.engine, {
    agent,
    method: incoming.method,
    path: incoming.url,
    headers: incoming.headers,
  });
  const answered = once(forwarded, 'response') as Promise<[IncomingMessage]>;
  incoming.pipe(forwarded);
  const [response] = await answered;
  const created = response.statusCode === 200 ? made : undefined;
  if (created !== undefined) await tell(created, incoming, options, agent);
  outgoing.writeHead(response.statusCode ?? 502, response.headers);
  response.pipe(outgoing);
};

/** A new object that a request made, by S3's path style, which SDKs use for a numeric host. */
interface Creation {
  readonly bucket: string;
  readonly key: string;
  readonly event: string;
}

const creationOf = (incoming: IncomingMessage): Creation | undefined => {
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  const [, bucket = '', ...rest] = url.pathname.split('/');
  const key = decodeURIComponent(rest.join('/'));
  if (key === '') return undefined;
  // `x-id` only repeats the operation and `X-Amz-…` carries the signature of a link; any other parameter makes it another
  // operation on the object.
  const parameters = [...url.searchParams.keys()].filter((name) => name !== 'x-id' && !/^x-amz-/i.test(name));
  if (incoming.method === 'PUT' && parameters.length === 0) {
    const isCopy = incoming.headers['x-amz-copy-source'] !== undefined;
    return { bucket, key, event: `s3:ObjectCreated:${isCopy ? 'Copy' : 'Put'}` };
  }
  if (incoming.method === 'POST' && parameters.length === 1 && parameters[0] === 'uploadId') {
    return { bucket, key, event: 's3:ObjectCreated:CompleteMultipartUpload' };
  }
  return undefined;
};

const tell = async (
  created: Creation,
  incoming: IncomingMessage,
  options: S3FrontOptions,
  agent: Agent,
): Promise<void> => {
  const rules = options.rules.filter((rule) => wants(rule, created.bucket, created.key, created.event));
  if (rules.length === 0) return;
  const path = (incoming.url ?? '/').replace(/\?.*$/, '');
  const head = request(options.engine, {
    agent,
    method: 'HEAD',
    path,
    headers: { authorization: incoming.headers.authorization ?? '' },
  });
  head.end();
  const [{ headers, statusCode }] = (await once(head, 'response')) as [IncomingMessage];
  if (statusCode !== 200)
    throw new Error(`The new object ${created.bucket}/${created.key} cannot be read (${statusCode}).`);
  const message = messageOf(created, Number(headers['content-length'] ?? 0), headers.etag ?? '');
  for (const { target } of rules) await options.notify(target, message);
};

/** The message that S3 sends (S3 user guide, "Event message structure"). */
const messageOf = ({ bucket, key, event }: Creation, size: number, etag: string): unknown => {
  const now = Date.now();
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: LOCAL_REGION,
        eventTime: new Date(now).toISOString(),
        eventName: event.replace(/^s3:/, ''),
        userIdentity: { principalId: 'local' },
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: {},
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'local',
          bucket: { name: bucket, ownerIdentity: { principalId: 'local' }, arn: `arn:aws:s3:::${bucket}` },
          object: {
            key: encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+'),
            size,
            eTag: etag.replaceAll('"', ''),
            sequencer: now.toString(16).toUpperCase().padStart(18, '0'),
          },
        },
      },
    ],
  };
};
