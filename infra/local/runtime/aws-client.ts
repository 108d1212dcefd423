import { Agent, request } from 'node:http';
import { LOCAL_REGION } from '../template/names.ts';

/** An error that a service answered, by its short name: `ResourceInUseException`. */
export class AwsServiceError extends Error {
  override readonly name = 'AwsServiceError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(`${code}: ${message}`);
    this.code = code;
    this.status = status;
  }
}

/** The body of a refusal; services differ in how they write its members. */
interface ServiceProblem {
  readonly __type?: string;
  readonly message?: string;
  readonly Message?: string;
}

/** The services that the host itself calls, with the prefix of `X-Amz-Target` and the name in the credential. */
const SERVICES = {
  dynamodb: { target: 'DynamoDB_20120810', signedAs: 'dynamodb', contentType: 'application/x-amz-json-1.0' },
  streams: { target: 'DynamoDBStreams_20120810', signedAs: 'dynamodb', contentType: 'application/x-amz-json-1.0' },
  sqs: { target: 'AmazonSQS', signedAs: 'sqs', contentType: 'application/x-amz-json-1.0' },
  secretsmanager: { target: 'secretsmanager', signedAs: 'secretsmanager', contentType: 'application/x-amz-json-1.1' },
} as const;

export type JsonService = keyof typeof SERVICES;

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Closes the connections that nobody uses; an engine that is asked to end would wait for them. */
export const releaseConnections = (): void => {
  for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
};

/** Longer than the longest wait that SQS knows (20 s). */
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Calls one operation of a JSON service. The credential only tells the gate who calls, so there is nothing to sign; this
 * keeps the pollers, which ask many times a second, free of the SDK's cost.
 * @throws {AwsServiceError} for what the service refused, and the socket's own error where nobody answered.
 */
export const callAws = async <T = Record<string, unknown>>(
  endpoint: URL,
  accessKeyId: string,
  service: JsonService,
  operation: string,
  input: unknown,
  signal?: AbortSignal,
): Promise<T> => {
  const { target, signedAs, contentType } = SERVICES[service];
  const body = Buffer.from(JSON.stringify(input));
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const { status, text } = await post(
    endpoint,
    {
      'content-type': contentType,
      'content-length': body.byteLength,
      'x-amz-target': `${target}.${operation}`,
      'x-amz-date': date,
      authorization:
        `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${date.slice(0, 8)}/${LOCAL_REGION}/${signedAs}/aws4_request, ` +
        `SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
    },
    body,
    signal,
  );
  const answer = text === '' ? {} : (JSON.parse(text) as object);
  if (status < 300) return answer as T;
  const { __type: type = String(status), message, Message = text } = answer as ServiceProblem;
  throw new AwsServiceError(type.replace(/^.*#/, ''), message ?? Message, status);
};

/** Reads one object under the role that the access key belongs to. @throws where the gate or S3 refuses it. */
export const getObject = async (gate: URL, accessKeyId: string, bucket: string, key: string): Promise<string> => {
  const date = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const path = `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
  const response = await fetch(new URL(path, gate), {
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${date}/${LOCAL_REGION}/s3/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
    },
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  const text = await response.text();
  if (response.ok) return text;
  throw new AwsServiceError(/<Code>([^<]+)/.exec(text)?.[1] ?? 'Unknown', text, response.status);
};

type Answer = { readonly status: number; readonly text: string };

const post = async (
  endpoint: URL,
  headers: Record<string, string | number>,
  body: Buffer,
  signal: AbortSignal | undefined,
): Promise<Answer> => {
  try {
    return await postOnce(endpoint, headers, body, signal);
  } catch (error) {
    // The other side may close an idle connection at the very moment that it is used again.
    if (error instanceof StaleConnectionError) return postOnce(endpoint, headers, body, signal);
    throw error;
  }
};

class StaleConnectionError extends Error {
  override readonly name = 'StaleConnectionError';
}

const postOnce = (
  endpoint: URL,
  headers: Record<string, string | number>,
  body: Buffer,
  signal: AbortSignal | undefined,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      endpoint,
      { method: 'POST', agent, headers, timeout: REQUEST_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
        response.on('error', reject);
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`No answer within ${REQUEST_TIMEOUT_MS / 1000} s.`)));
    outgoing.on('error', (error) => {
      const isStale = outgoing.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
      reject(isStale ? new StaleConnectionError(error.message, { cause: error }) : error);
    });
    outgoing.end(body);
  });
