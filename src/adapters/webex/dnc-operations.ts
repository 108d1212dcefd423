import * as z from 'zod/mini';
import { E164, text } from './fields.ts';
import { defineOperation } from './operation.ts';

/** Case-sensitive (Webex: `^[a-zA-Z0-9_-]+$`, 1 to 100 characters). */
export const DNC_LIST_NAME = /^[a-zA-Z0-9_-]{1,100}$/;

export const DncEntrySchema = z.object({ phoneNumber: E164 });

export const AddDncNumberSchema = z.strictObject({
  phoneNumber: E164,
  source: text(100),
  reason: z.optional(text(500)),
});

const COMMON = { service: 'dnc', tracking: false } as const;

export const getDncNumberOperation = defineOperation({
  ...COMMON,
  name: 'getDncNumber',
  method: 'GET',
  path: '/v3/campaign-management/dncList/{list}/phoneNumber/{number}',
  repeatable: true,
  answer: DncEntrySchema,
});

/** A number that is listed already is answered 409, so adding twice does no harm. */
export const addDncNumberOperation = defineOperation({
  ...COMMON,
  name: 'addDncNumber',
  method: 'POST',
  path: '/v3/campaign-management/dncList/{list}/phoneNumber',
  repeatable: true,
  request: AddDncNumberSchema,
  answer: z.unknown(),
});

export const removeDncNumberOperation = defineOperation({
  ...COMMON,
  name: 'removeDncNumber',
  method: 'DELETE',
  path: '/v3/campaign-management/dncList/{list}/phoneNumber/{number}',
  repeatable: false,
  answer: z.unknown(),
});
