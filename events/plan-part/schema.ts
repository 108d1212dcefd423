import * as z from 'zod/mini';

const UploadId = z.uuid('must be the id of an upload');
const Count = z.int('must be a whole number').check(z.nonnegative('must not be negative'));

/** Whole rows of a file: the bytes from `from` to the byte before `to`. */
export const FileRangeSchema = z
  .strictObject({
    range: Count,
    from: Count,
    to: Count,
    /** The number of the last row before the range. */
    row: Count,
  })
  .check(z.refine(({ from, to }) => from <= to, 'must not end before it begins'));

/** What the state machine of a plan in parts asks a function for: one step of the plan of one upload. */
export const PlanPartSchema = z.discriminatedUnion('step', [
  /** Finds the ranges. */
  z.strictObject({ step: z.literal('cut'), uploadId: UploadId }),
  /** Lists the numbers of a range. */
  z.strictObject({ step: z.literal('numbers'), uploadId: UploadId, item: FileRangeSchema }),
  /** Finds the numbers of a shard that stand twice. */
  z.strictObject({ step: z.literal('repeats'), uploadId: UploadId, item: z.strictObject({ shard: Count }) }),
  /** Plans a range. */
  z.strictObject({ step: z.literal('range'), uploadId: UploadId, item: FileRangeSchema }),
  /** Puts the ranges together. */
  z.strictObject({ step: z.literal('join'), uploadId: UploadId }),
  /** Gives the plan up, after a step has failed as often as it may. */
  z.strictObject({ step: z.literal('give-up'), uploadId: UploadId }),
]);
export type PlanPart = z.output<typeof PlanPartSchema>;
