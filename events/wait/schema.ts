import * as z from 'zod/mini';

/** Answer to `GET /v1/lines/{line}/wait`. Webex cannot always tell; then nothing is promised. */
export const WaitSchema = z.discriminatedUnion('known', [
  z.strictObject({ known: z.literal(true), waitSeconds: z.int().check(z.gte(0), z.lte(86_400)) }),
  z.strictObject({ known: z.literal(false) }),
]);

export type Wait = z.output<typeof WaitSchema>;
