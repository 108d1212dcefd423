import {
  type ChangeUpload,
  type UploadProgress,
  UploadProgressSchema,
  UploadReportSchema,
  UploadStartedSchema,
} from '../../events/campaign-upload/schema.ts';
import { eventually } from './eventually.ts';

/** A contact as the simulator keeps it. */
export interface ListedContact {
  readonly phone: string;
  readonly customerId: string;
  readonly attributes: readonly { readonly fieldName: string; readonly value: string }[];
  readonly invalid: string | null;
  readonly closedAtMs: number | null;
}

export interface ListedList {
  readonly id: string;
  readonly campaignId: string;
  readonly status: string;
  readonly accepted: number;
  readonly activateAtMs: number;
}

export interface UploadStackAccess {
  readonly api: string;
  readonly webex: string;
  readonly token: string;
}

export const campaign = 'spring-offers';

/** The statuses at which an upload rests. */
const resting = ['unconfirmed', 'paused', 'finished', 'cancelled', 'expired', 'refused'];

/** What tests of uploads ask of a running stack, as operators do. */
export class UploadStack {
  readonly #access: UploadStackAccess;

  constructor(access: UploadStackAccess) {
    this.#access = access;
  }

  ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.#access.api}/v1/campaigns/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#access.token}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** Puts a file to a new upload's link. @returns the upload's id */
  async send(file: string | Buffer, wishes: object = {}, campaignId = campaign): Promise<string> {
    const started = UploadStartedSchema.parse(await (await this.ask('POST', `${campaignId}/uploads`, wishes)).json());
    const put = await fetch(started.upload?.url ?? '', { method: 'PUT', body: file });
    if (!put.ok) throw new Error(`S3 answered ${put.status}: ${await put.text()}`);
    return started.id;
  }

  async progress(id: string, campaignId = campaign): Promise<UploadProgress> {
    return UploadProgressSchema.parse(await (await this.ask('GET', `${campaignId}/uploads/${id}`)).json());
  }

  /** @param until a status that an upload passes through, or rests at by default */
  rest(id: string, { until = resting, campaignId = campaign, timeoutMs = 60_000 } = {}): Promise<UploadProgress> {
    return eventually(async () => {
      const seen = await this.progress(id, campaignId);
      return until.includes(seen.status) && seen;
    }, timeoutMs);
  }

  change(id: string, action: ChangeUpload['action'], campaignId = campaign): Promise<Response> {
    return this.ask('PATCH', `${campaignId}/uploads/${id}`, { action });
  }

  /** The rows of the report without its header: row, column, value, code, explanation. */
  async report(id: string, campaignId = campaign): Promise<{ readonly row: number; readonly code: string }[]> {
    const answer = await this.ask('GET', `${campaignId}/uploads/${id}/report`);
    const { url } = UploadReportSchema.parse(await answer.json());
    const text = await (await fetch(url)).text();
    const lines = text.split('\r\n').slice(1, -1);
    return lines.map((line) => {
      const [row = '', , , code = ''] =
        line.match(/("(?:[^"]|"")*"|[^,]*)(,|$)/g)?.map((cell) => cell.replace(/,$/, '')) ?? [];
      return { row: Number(row), code };
    });
  }

  async lists(): Promise<ListedList[]> {
    return (await (await fetch(`${this.#access.webex}/_contact-lists`)).json()) as ListedList[];
  }

  async contacts(listId: string): Promise<ListedContact[]> {
    const all: ListedContact[] = [];
    for (let path: string | undefined = `/_contact-lists/${listId}/contacts`; path; ) {
      const response: Response = await fetch(`${this.#access.webex}${path}`);
      all.push(...((await response.json()) as ListedContact[]));
      path = /<([^>]+)>/.exec(response.headers.get('link') ?? '')?.[1];
    }
    return all;
  }

  async listOf(id: string, campaignId = campaign): Promise<ListedContact[]> {
    const { list } = await this.progress(id, campaignId);
    return list ? this.contacts(list.id) : [];
  }
}
