import * as z from 'zod/mini';

/** A queue message that is none of ours: it goes to the dead letters, where an operator sees it. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
  readonly code = 'message-invalid';
}

/** Reads the JSON body of a queue message. Its content is not told in the error. */
export function parseMessage<Schema extends z.core.$ZodType>(schema: Schema, body: string): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new MessageError('A queue message is not JSON.', { cause });
  }
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  throw new MessageError(
    `A queue message cannot be read: ${parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')}.`,
  );
}
