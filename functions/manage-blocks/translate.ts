import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { BlockIdSchema, type BlockView } from '../../events/block/schema.ts';
import { parseWith } from '../../src/adapters/lambda/parse-body.ts';
import { ProblemError } from '../../src/adapters/lambda/problem.ts';
import { instant } from '../../src/adapters/lambda/respond.ts';
import type { Block } from '../../src/screen/blocks.ts';

/** Blocks in one answer at most. */
const limitMax = 100;

const limitError = `must be a number from 1 to ${limitMax}`;
const ListQuerySchema = z.object({
  limit: z._default(
    z.coerce.number(limitError).check(z.int(limitError), z.gte(1, limitError), z.lte(limitMax, limitError)),
    50,
  ),
  cursor: z.optional(z.string().check(z.maxLength(500, 'must be the cursor of the answer before'))),
});

export const listQuery = (event: APIGatewayProxyEventV2): z.output<typeof ListQuerySchema> =>
  parseWith(ListQuerySchema, event.queryStringParameters ?? {});

export function blockIdInPath(event: APIGatewayProxyEventV2): string {
  const parsed = z.safeParse(BlockIdSchema, event.pathParameters?.['id']);
  if (parsed.success) return parsed.data;
  throw new ProblemError('invalid-request', {
    errors: parsed.error.issues.map(({ message }) => ({ pointer: '', detail: `id in the path ${message}.` })),
  });
}

export const blockView = ({ id, kind, shown, code, sinceMs, untilMs, refusals }: Block): BlockView => ({
  id,
  kind,
  shown,
  code,
  since: instant(sinceMs),
  until: instant(untilMs),
  refusals,
});
