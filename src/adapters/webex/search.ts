import * as z from 'zod/mini';
import type { EpochMs } from '../../shared/clock.ts';
import type { SendOptions, WebexClient } from './client.ts';
import { cleanWords } from './error-body.ts';
import { Id } from './fields.ts';
import { defineOperation } from './operation.ts';
import { BY_NUMBER, BY_TASK_ID, BY_VARIABLE, FIRST_PAGE } from './search-query.ts';
import { WebexError } from './webex-error.ts';

/** Search gives at most 365 days (Webex OpenAPI, SearchRequest). */
const SPAN_MAX_MS = 365 * 86_400_000;
/** 250 tasks a page: more tasks of one number in one window is not a lookup any more. */
const PAGES_MAX = 4;

const Text = z.nullish(z.string());
const VariableSchema = z.object({ name: Text, value: Text });

export const FoundTaskSchema = z.object({
  id: Id,
  createdTime: z.number(),
  status: Text,
  isActive: z.nullish(z.boolean()),
  endedTime: z.nullish(z.number()),
  direction: Text,
  isCallback: z.nullish(z.boolean()),
  isOutdial: z.nullish(z.boolean()),
  origin: Text,
  destination: Text,
  terminationType: Text,
  terminationReason: Text,
  terminatingEnd: Text,
  contactHandleType: Text,
  customer: z.nullish(z.object({ phoneNumber: Text })),
  callbackData: z.nullish(
    z.object({
      callbackNumber: Text,
      callbackStatus: Text,
      callbackConnectTime: z.nullish(z.union([z.number(), z.string()])),
    }),
  ),
  lastAgent: z.nullish(z.object({ id: Text })),
  key: z.nullish(z.union([VariableSchema, z.array(VariableSchema)])),
});
export type FoundTask = z.output<typeof FoundTaskSchema>;

export const SearchAnswerSchema = z.object({
  errors: z.optional(z.array(z.object({ message: z.optional(z.string()) }))),
  data: z.nullish(
    z.object({
      taskDetails: z.nullish(
        z.object({
          tasks: z.array(FoundTaskSchema),
          pageInfo: z.nullish(z.object({ hasNextPage: z.boolean(), endCursor: Text })),
        }),
      ),
    }),
  ),
});

export const SearchRequestSchema = z.strictObject({
  query: z.string(),
  variables: z.record(z.string(), z.union([z.string(), z.number()])),
});

export const searchOperation = defineOperation({
  name: 'search',
  method: 'POST',
  path: '/search',
  repeatable: true,
  tracking: true,
  service: 'search',
  request: SearchRequestSchema,
  answer: SearchAnswerSchema,
});

export interface SearchWindow {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** Searches Webex's task records. An empty list is an answer; whatever is not an answer is thrown. */
export class WebexSearch {
  readonly #client: WebexClient;
  readonly #variable: string;
  readonly #options: SendOptions;

  /** @param variable name of the String global variable that carries our attempt id. */
  constructor(client: WebexClient, variable: string, options: SendOptions = {}) {
    this.#client = client;
    this.#variable = variable;
    this.#options = options;
  }

  /** The variable's value on a found task. */
  keyOf(task: FoundTask): string | undefined {
    const entries = Array.isArray(task.key) ? task.key : task.key ? [task.key] : [];
    return entries.find((entry) => (entry.name ?? this.#variable) === this.#variable)?.value ?? undefined;
  }

  async byTaskId(taskId: string, window: SearchWindow): Promise<FoundTask | undefined> {
    const tasks = await this.#run(BY_TASK_ID, window, { id: taskId });
    return tasks.find((task) => task.id === taskId);
  }

  async byVariable(value: string, window: SearchWindow): Promise<readonly FoundTask[]> {
    const tasks = await this.#run(BY_VARIABLE, window, { value });
    return tasks.filter((task) => this.keyOf(task) === value);
  }

  /** @param number E.164; compared by digits with whichever of four fields holds it. */
  async byNumber(number: string, window: SearchWindow): Promise<readonly FoundTask[]> {
    const digits = digitsOf(number);
    const tasks = await this.#run(BY_NUMBER, window, { number: `+${digits}`, digits });
    return tasks.filter((task) =>
      [task.origin, task.destination, task.customer?.phoneNumber, task.callbackData?.callbackNumber].some(
        (field) => digitsOf(field ?? '') === digits,
      ),
    );
  }

  async #run(query: string, window: SearchWindow, extra: Record<string, string>): Promise<FoundTask[]> {
    const from = Math.max(window.fromMs, window.toMs - SPAN_MAX_MS);
    const found: FoundTask[] = [];
    let cursor: string = FIRST_PAGE;
    for (let page = 1; page <= PAGES_MAX; page += 1) {
      const variables = { from, to: window.toMs, key: this.#variable, cursor, ...extra };
      const { value, trackingId } = await this.#client.send(
        searchOperation,
        { query: { orgId: this.#client.orgId }, body: { query, variables } },
        this.#options,
      );
      const details = value.data?.taskDetails;
      if (value.errors?.length || !details) throw unreadable(value.errors?.[0]?.message, trackingId);
      found.push(...details.tasks);
      if (!details.pageInfo?.hasNextPage) return found;
      if (!details.pageInfo.endCursor) throw unreadable('a next page without a cursor', trackingId);
      cursor = details.pageInfo.endCursor;
    }
    throw unreadable(`more than ${PAGES_MAX} pages`, undefined);
  }
}

function unreadable(why: string | undefined, trackingId: string | undefined): WebexError {
  return new WebexError(
    'answer-unreadable',
    `search was answered without a result: ${cleanWords(why ?? 'no taskDetails')}`,
    {
      operation: 'search',
      processed: 'yes',
      trackingId,
    },
  );
}

const digitsOf = (number: string): string => number.replace(/\D/g, '');
