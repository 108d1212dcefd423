import * as z from 'zod/mini';
import { ObjectUploadedSchema } from '../object-uploaded/schema.ts';

/**
 * Message on the queue of plans: what S3 tells of a file that was put to an upload's link, or the upload whose file lies in
 * the bucket already. Repeats do no harm.
 */
export const PlanUploadSchema = z.union([
  z.object({ uploadId: z.uuid('must be the id of an upload') }),
  ObjectUploadedSchema,
]);
export type PlanUpload = z.output<typeof PlanUploadSchema>;
