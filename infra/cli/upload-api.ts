import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  type ChangeUpload,
  type UploadProgress,
  UploadProgressSchema,
  UploadReportSchema,
  UploadStartedSchema,
} from '../../events/campaign-upload/schema.ts';
import { ProblemSchema } from '../../events/problem/schema.ts';

/** An answer of the API that is no success; the message is one sentence. */
export class UploadApiError extends Error {
  override readonly name = 'UploadApiError';
  readonly code = 'upload-api';
}

/** The uploads of one campaign, as an operator reaches them. */
export class UploadApi {
  readonly #base: string;
  readonly #token: string;

  constructor({ url, token }: { readonly url: string; readonly token: string }, campaignId: string) {
    this.#base = `${url.replace(/\/$/, '')}/v1/campaigns/${encodeURIComponent(campaignId)}/uploads`;
    this.#token = token;
  }

  /** @returns the upload's id and where to put its file */
  async start(name: string): Promise<{ readonly id: string; readonly link: string }> {
    const { id, upload } = UploadStartedSchema.parse(await this.#ask('POST', '', { name }));
    if (!upload) throw new UploadApiError('The API gave no link to put the file to.');
    return { id, link: upload.url };
  }

  /** @param onSent told how many bytes have left */
  async put(path: string, link: string, onSent: (bytes: number) => void, signal: AbortSignal): Promise<void> {
    const { size } = await stat(path);
    let sent = 0;
    const counted = createReadStream(path).on('data', (piece) => {
      sent += piece.length;
      onSent(sent);
    });
    const request: RequestInit & { readonly duplex: 'half' } = {
      method: 'PUT',
      body: Readable.toWeb(counted),
      duplex: 'half',
      // S3 takes no body of unknown length.
      headers: { 'content-length': String(size) },
      signal,
    };
    const response = await fetch(link, request);
    if (!response.ok) throw new UploadApiError(`The file was not taken: S3 answered ${response.status}.`);
  }

  async progress(uploadId: string): Promise<UploadProgress> {
    return UploadProgressSchema.parse(await this.#ask('GET', `/${uploadId}`));
  }

  async change(uploadId: string, action: ChangeUpload['action']): Promise<UploadProgress> {
    return UploadProgressSchema.parse(await this.#ask('PATCH', `/${uploadId}`, { action }));
  }

  async report(uploadId: string): Promise<ReadableStream<Uint8Array>> {
    const { url } = UploadReportSchema.parse(await this.#ask('GET', `/${uploadId}/report`));
    const { body, status } = await fetch(url);
    if (status !== 200 || !body) throw new UploadApiError(`The report cannot be read: S3 answered ${status}.`);
    return body;
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.#base}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new UploadApiError('The API does not answer.', { cause });
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer;
    const problem = ProblemSchema.safeParse(answer);
    const { title, detail, errors = [] } = problem.success ? problem.data : { title: '' };
    const words = [title, detail, ...errors.map((error) => error.detail)].filter(Boolean).join(' ');
    throw new UploadApiError(words || `The API answered ${response.status}.`);
  }
}
