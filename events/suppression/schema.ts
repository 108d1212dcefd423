import * as z from 'zod/mini';
import { E164Schema, InstantSchema, TypedPhoneSchema, plainText } from '../common.ts';

/** Body of `PUT /v1/suppressions/{number}`. */
export const SuppressNumberSchema = z.strictObject({
  reason: plainText(500),
  source: z._default(plainText(100), 'operator'),
});
export type SuppressNumber = z.output<typeof SuppressNumberSchema>;

/** Body of `DELETE /v1/suppressions/{number}`: a removal is kept with its reason. */
export const UnsuppressNumberSchema = z.strictObject({ reason: plainText(500) });

/** Answer to `PUT` and `GET /v1/suppressions/{number}`. */
export const SuppressionSchema = z.strictObject({
  number: E164Schema,
  list: z.string(),
  reason: z.string(),
  source: z.string(),
  addedBy: z.string(),
  addedAt: InstantSchema,
  /** Calls that were waiting for this number and are cancelled now; only in the answer to `PUT`. */
  cancelledCalls: z.optional(z.int().check(z.gte(0))),
});

/** Body of `POST /v1/suppressions/check`. */
export const CheckNumbersSchema = z.strictObject({
  numbers: z
    .array(TypedPhoneSchema)
    .check(z.minLength(1, 'must hold at least one number'), z.maxLength(100, 'must hold at most 100 numbers')),
});

/** Answer to `POST /v1/suppressions/check`, in the order asked. */
export const CheckedNumbersSchema = z.strictObject({
  results: z.array(z.strictObject({ number: E164Schema, suppressed: z.boolean(), lists: z.array(z.string()) })),
});
