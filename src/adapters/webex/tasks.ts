import * as z from 'zod/mini';
import { attributeLimits } from '../../calls/attribute-limits.ts';
import type { EpochMs } from '../../shared/clock.ts';
import type { SendOptions, WebexClient } from './client.ts';
import { bytes, Id, text } from './fields.ts';
import { defineOperation } from './operation.ts';

const {
  pairs: ATTRIBUTE_PAIRS_MAX,
  keyBytes: ATTRIBUTE_KEY_BYTES_MAX,
  valueBytes: ATTRIBUTE_VALUE_BYTES_MAX,
} = attributeLimits;

const AttributesSchema = z.record(z.string(), bytes(ATTRIBUTE_VALUE_BYTES_MAX), 'must be an object').check(
  z.check<Record<string, unknown>>((context) => {
    const keys = Object.keys(context.value);
    if (keys.length > ATTRIBUTE_PAIRS_MAX) {
      context.issues.push({
        code: 'custom',
        input: context.value,
        message: `must hold at most ${ATTRIBUTE_PAIRS_MAX} pairs, got ${keys.length}`,
      });
    }
    for (const key of keys) {
      const length = Buffer.byteLength(key);
      if (length === 0 || length > ATTRIBUTE_KEY_BYTES_MAX) {
        context.issues.push({
          code: 'custom',
          input: key,
          path: [key],
          message: `must have a key of 1 to ${ATTRIBUTE_KEY_BYTES_MAX} bytes, got ${length}`,
        });
      }
    }
  }),
);

const common = {
  destination: text(36),
  entryPointId: text(36),
  mediaType: z.literal('telephony'),
  attributes: z.optional(AttributesSchema),
};

/** Body of Create Task. OUTDIAL is left out: it needs an agent at the desktop. */
export const CreateTaskSchema = z.discriminatedUnion('outboundType', [
  z.strictObject({
    ...common,
    outboundType: z.literal('CALLBACK'),
    origin: z.optional(text(36)),
    callback: z.strictObject({ callbackOrigin: z.literal('web'), callbackType: z.literal('immediate') }),
  }),
  z.strictObject({ ...common, outboundType: z.literal('EXECUTE_FLOW'), origin: text(36) }),
]);
export type CreateTask = z.output<typeof CreateTaskSchema>;

export const CreatedTaskSchema = z.object({ data: z.object({ id: Id }) });

export const createTaskOperation = defineOperation({
  name: 'createTask',
  method: 'POST',
  path: '/v1/tasks',
  repeatable: false,
  tracking: false,
  service: 'tasks',
  request: CreateTaskSchema,
  answer: CreatedTaskSchema,
});

export const TaskListSchema = z.object({
  meta: z.object({ orgId: z.string() }),
  data: z.array(
    z.object({
      id: Id,
      attributes: z.object({
        status: z.string(),
        createdTime: z.number(),
        channelType: z.optional(z.string()),
        origin: z.nullish(z.string()),
        destination: z.nullish(z.string()),
        direction: z.nullish(z.string()),
      }),
    }),
  ),
});
export type ListedTask = z.output<typeof TaskListSchema>['data'][number];

export const listTasksOperation = defineOperation({
  name: 'listTasks',
  method: 'GET',
  path: '/v1/tasks',
  repeatable: true,
  tracking: true,
  service: 'tasks',
  answer: TaskListSchema,
});

/**
 * Asks Webex for one task, once.
 * @returns the task's id; Webex has accepted it, not yet placed the call.
 */
export async function createTask(
  client: WebexClient,
  task: CreateTask,
  options?: SendOptions,
): Promise<{ taskId: string; trackingId?: string }> {
  const answer = await client.send(createTaskOperation, { body: task }, options);
  return { taskId: answer.value.data.id, trackingId: answer.trackingId };
}

/**
 * Telephony tasks created from `fromMs` until `toMs`, oldest first, at most 1,000 (Webex's page; there is no second one:
 * go on from the last one's `createdTime`).
 */
export async function listTasks(
  client: WebexClient,
  window: { readonly fromMs: EpochMs; readonly toMs?: EpochMs; readonly pageSize?: number },
  options?: SendOptions,
): Promise<{ readonly orgId: string; readonly tasks: readonly ListedTask[] }> {
  const query = {
    from: window.fromMs,
    to: window.toMs,
    pageSize: window.pageSize ?? 1_000,
    channelTypes: 'telephony',
    orgId: client.orgId,
  };
  const { value } = await client.send(listTasksOperation, { query }, options);
  return { orgId: value.meta.orgId, tasks: value.data };
}
