import { Agent as HttpAgent, type IncomingMessage, type RequestOptions, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AwsCredentials, credentialsFrom, endpointFrom, regionFrom } from './credentials.ts';
import { AwsConnectionError, AwsServiceError, isTransient } from './service-error.ts';
import { Signer } from './sign.ts';

/** A service of AWS that speaks JSON over POST, and how. */
export interface JsonServiceModel {
  /** As its endpoint's environment variable names it, such as `DynamoDB`. */
  readonly id: string;
  /** As a signature names it, such as `dynamodb`. */
  readonly signingName: string;
  /** Stands before the operation in `X-Amz-Target`. */
  readonly targetPrefix: string;
  readonly jsonVersion: '1.0' | '1.1';
}

export interface JsonServiceOptions {
  /** @default the function's own, from the environment that Lambda gives it */
  readonly credentials?: AwsCredentials;
  /** @default `AWS_REGION` */
  readonly region?: string;
  /** @default `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, or the service's own in the region */
  readonly endpoint?: string;
  /** An attempt without an answer by then has failed. Milliseconds. @default 3000 */
  readonly timeoutMs?: number;
}

const attemptsMax = 4;
/** Between attempts: a random part of 25, 50, 100 ms, as the AWS SDKs wait for DynamoDB. */
const firstDelayMs = 25;
/** More connections than a function ever has requests on their way. */
const socketsMax = 50;

/**
 * Talks to one AWS service in the AWS JSON protocol: signs, keeps connections, repeats what failed in passing.
 * It stands where the SDK's client would, whose load and work per request a website form waits for; see docs/adr/0006.
 */
export class JsonService {
  readonly #model: JsonServiceModel;
  readonly #signer: Signer;
  readonly #url: URL;
  readonly #timeoutMs: number;
  readonly #agent: HttpAgent;
  readonly #target: RequestOptions;

  /** @throws AwsEnvironmentError where an option is left out that the environment does not have */
  constructor(model: JsonServiceModel, options: JsonServiceOptions = {}) {
    const region = options.region ?? regionFrom(process.env);
    this.#model = model;
    this.#url = new URL(options.endpoint ?? endpointFrom(process.env, model.id, region));
    this.#signer = new Signer(options.credentials ?? credentialsFrom(process.env), region, model.signingName);
    this.#timeoutMs = options.timeoutMs ?? 3_000;
    const secure = this.#url.protocol === 'https:';
    const agentOptions = { keepAlive: true, maxSockets: socketsMax };
    this.#agent = secure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
    const { protocol, hostname, port, pathname: path } = this.#url;
    this.#target = { protocol, hostname, port, path, method: 'POST', agent: this.#agent };
  }

  /**
   * @throws AwsServiceError for an answer that is an error
   * @throws AwsConnectionError where no answer came
   */
  async call(operation: string, input: object): Promise<unknown> {
    const body = JSON.stringify(input);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#send(operation, body);
      } catch (error) {
        if (attempt === attemptsMax || !isTransient(error)) throw error;
        await sleep(Math.random() * firstDelayMs * 2 ** (attempt - 1));
      }
    }
  }

  /** Closes the connections; only what runs longer than its clients needs this. */
  destroy(): void {
    this.#agent.destroy();
  }

  async #send(operation: string, body: string): Promise<unknown> {
    const { host, pathname: path } = this.#url;
    const headers = {
      'content-type': `application/x-amz-json-${this.#model.jsonVersion}`,
      'x-amz-target': `${this.#model.targetPrefix}.${operation}`,
    };
    const signed = this.#signer.sign({ host, path, headers, body }, Date.now());
    const { statusCode = 0, headers: received, text } = await this.#exchange(signed, body);
    const answer = parse(text);
    if (statusCode >= 200 && statusCode < 300 && answer) return answer;
    const requestId = received['x-amzn-requestid'];
    throw new AwsServiceError(statusCode, answer ?? {}, typeof requestId === 'string' ? requestId : undefined);
  }

  #exchange(
    headers: Record<string, string>,
    body: string,
  ): Promise<Pick<IncomingMessage, 'statusCode' | 'headers'> & { readonly text: string }> {
    return new Promise((resolve, reject) => {
      const request = this.#url.protocol === 'https:' ? httpsRequest : httpRequest;
      const sent = request({
        ...this.#target,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      });
      const failed = (cause: Error): void => {
        clearTimeout(timer);
        reject(new AwsConnectionError(`${this.#model.id} did not answer: ${cause.message}`, { cause }));
      };
      const timer = setTimeout(
        () => sent.destroy(new Error(`no answer within ${this.#timeoutMs} ms`)),
        this.#timeoutMs,
      );
      sent.on('error', failed);
      sent.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', failed);
        response.on('end', () => {
          clearTimeout(timer);
          resolve({
            statusCode: response.statusCode,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          });
        });
      });
      sent.end(body);
    });
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
