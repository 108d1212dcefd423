import * as z from 'zod/mini';

const UploadSchema = z.object({
  s3: z.object({
    bucket: z.object({ name: z.string('must be text') }),
    /** The key as S3 writes it into its events: encoded as in a form, a space as a plus sign. */
    object: z.object({ key: z.string('must be text') }),
  }),
});

/** Message that S3 puts on a queue after an upload; without records it is the test that S3 sends when it is set up. */
export const ObjectUploadedSchema = z.union([
  z.object({ Records: z.array(UploadSchema, 'must be a list') }),
  z.pipe(
    z.object({ Event: z.literal('s3:TestEvent', 'must be "s3:TestEvent" where there are no records') }),
    z.transform((): { Records: z.output<typeof UploadSchema>[] } => ({ Records: [] })),
  ),
]);
export type ObjectUploaded = z.output<typeof ObjectUploadedSchema>;
