import * as z from 'zod';
import { AwsError } from '../shared/aws-error.ts';

/** AWS: at most 10 entries, and 256 KB together. */
const entriesMax = 10;
const entriesBytesMax = 262_144;

const EntrySchema = z.object({
  Source: z.optional(z.string()),
  DetailType: z.optional(z.string()),
  Detail: z.optional(z.string()),
  EventBusName: z.optional(z.string()),
  Resources: z.optional(z.array(z.string())),
  Time: z.optional(z.number()),
  TraceHeader: z.optional(z.string()),
});
const PutEventsSchema = z.object({ Entries: z.array(EntrySchema).min(1).max(entriesMax) });
export type Entry = z.infer<typeof EntrySchema>;

export interface EntryFailure {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

/** @throws {AwsError} `ValidationException` for a request that is refused as a whole. */
export function readEntries(body: unknown): readonly Entry[] {
  const parsed = PutEventsSchema.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new AwsError(
      'ValidationException',
      `${issue?.path.join('.') ?? 'Entries'}: ${issue?.message ?? 'is not valid'}.`,
    );
  }
  const bytes = Buffer.byteLength(JSON.stringify(parsed.data.Entries));
  if (bytes > entriesBytesMax) {
    throw new AwsError(
      'ValidationException',
      `Total size of the entries is ${bytes} bytes; at most ${entriesBytesMax} are allowed.`,
    );
  }
  return parsed.data.Entries;
}

/** Why one entry is refused while the others of its request are taken, if it is. */
export function failureOf(entry: Entry): EntryFailure | undefined {
  for (const member of ['Source', 'DetailType', 'Detail'] as const) {
    if (entry[member] === undefined || entry[member] === '') {
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${member} is not valid. Reason: ${member} is a required argument.`,
      };
    }
  }
  return parseDetail(entry) === undefined
    ? { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
    : undefined;
}

/** @returns undefined for a detail that is no JSON object. */
export function parseDetail({ Detail = '' }: Entry): Readonly<Record<string, unknown>> | undefined {
  try {
    const detail: unknown = JSON.parse(Detail);
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail)
      ? (detail as Readonly<Record<string, unknown>>)
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** By name or by ARN. */
export function busNameOf({ EventBusName: name = 'default' }: Entry): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
