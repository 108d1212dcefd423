import type { Call } from '../calls/call.ts';
import type { FieldError } from '../shared/field-error.ts';

/** What a delivery led to; `repeats` where it led there before. */
export type TakenTrigger = (
  | { readonly led: 'to-call'; readonly call: Call }
  | { readonly led: 'to-upload'; readonly uploadId: string }
) & { readonly repeats?: 'request' | 'delivery' };

/** Why a request that a delivery asks for is not taken; pointers lead into the sender's JSON. */
export type TriggerRequestFailure =
  | { readonly code: 'invalid-request'; readonly errors: readonly FieldError[] }
  | { readonly code: 'number-not-callable' }
  | { readonly code: 'idempotency-key-reused' }
  | { readonly code: 'request-in-progress' };
