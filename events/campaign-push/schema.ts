import * as z from 'zod/mini';

/** Message on the queue of uploads: go on with sending it. Repeats do no harm. */
export const CampaignPushSchema = z.object({ uploadId: z.uuid('must be the id of an upload') });
