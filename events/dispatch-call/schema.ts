import * as z from 'zod/mini';
import { CallIdSchema } from '../common.ts';

/** Message on the dispatch queue, sent by time-call, by a call's timer and by the sweep: this call may be due. */
export const DispatchCallSchema = z.object({ callId: CallIdSchema });
export type DispatchCall = z.output<typeof DispatchCallSchema>;
