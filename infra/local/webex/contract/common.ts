import * as z from 'zod';

/** E.164 as the DNC operations spell it (OpenAPI, DncEntryRequest). */
export const E164_PATTERN = /^\+[1-9]\d{1,14}$/;

export const Guid = z.guid('must be a UUID');
export const EpochMsText = z.string().regex(/^\d{1,16}$/, 'must be epoch milliseconds');
export const IntegerText = z.string().regex(/^\d{1,9}$/, 'must be a whole number');

/** Length in UTF-8 bytes, which is what Webex limits for attributes. */
export const utf8Bytes = (text: string): number => Buffer.byteLength(text, 'utf8');

/** `{"errors":[…]}`: the general shape, and what is sent where the reference declares no body. */
export const GeneralError = z.looseObject({ errors: z.array(z.unknown()), trackingId: z.string().optional() });

/** Search, GET tasks, EWT and agents' activities (ApiErrorResponse). */
export const ApiError = z.looseObject({
  trackingId: z.string().optional(),
  error: z
    .looseObject({
      key: z.string().optional(),
      message: z.array(z.looseObject({ description: z.string().optional() })).optional(),
    })
    .optional(),
});

/** The DNC operations. */
export const DncError = z.looseObject({ code: z.int(), message: z.string(), trackingId: z.string().optional() });

/** The contact list operations (ErrorResponse). */
export const ContactListError = z.looseObject({ code: z.string().optional(), message: z.string().optional() });

/** RFC 6749, section 5.2. */
export const OAuthError = z.looseObject({ error: z.string(), error_description: z.string().optional() });

/** What a client sends and gets in one operation. `'empty'` is an answer without a body. */
export interface OperationContract {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `{name}` for a path parameter. */
  readonly path: string;
  /** Present where the client sends a body. */
  readonly body?: z.ZodObject;
  readonly contentType?: 'application/json' | 'application/x-www-form-urlencoded';
  readonly query?: z.ZodObject;
  /** Whether the TrackingId request header is documented for the operation. */
  readonly trackingId: boolean;
  readonly responses: Readonly<Record<number, z.ZodType | 'empty'>>;
}
