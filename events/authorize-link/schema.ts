import * as z from 'zod/mini';
import { InstantSchema } from '../common.ts';

/** Answer 201 to `POST /v1/webex/authorize-link`: opens the sign-in to Webex once, in one browser. */
export const AuthorizeLinkSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }),
  expiresAt: InstantSchema,
});
export type AuthorizeLink = z.output<typeof AuthorizeLinkSchema>;
