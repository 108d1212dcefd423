import * as z from 'zod/mini';
import { E164Schema } from '../common.ts';

/** Message of the suppression queue: make Webex agree with our list about this number, whatever the list says by then. */
export const PropagateSuppressionSchema = z.object({ number: E164Schema });
export type PropagateSuppression = z.output<typeof PropagateSuppressionSchema>;
