import * as z from 'zod/mini';

/** A stored item that does not have the shape that this version writes and reads. */
export class StoredItemError extends Error {
  override readonly name = 'StoredItemError';
  readonly code = 'stored-item-unreadable';
}

/** Parses what comes back from a table. Values are not told in the error: they may be personal. */
export function readItem<Schema extends z.core.$ZodType>(
  schema: Schema,
  stored: unknown,
  what: string,
): z.output<Schema> {
  const parsed = z.safeParse(schema, stored);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new StoredItemError(`A stored ${what} cannot be read: ${fields}.`);
}
