import * as z from 'zod/mini';
import { E164Schema, InstantSchema, plainText } from '../common.ts';

/** The id in the path of `/v1/blocks/{id}`: what is blocked, and its digest. */
export const BlockIdSchema = z
  .string('must be the id of a block')
  .check(z.regex(/^(number|address|prefix)-[0-9a-f]{32}$/, 'must be the id of a block, as GET /v1/blocks tells it'));

/** One block of `GET /v1/blocks`. Numbers and addresses are masked. */
export const BlockViewSchema = z.strictObject({
  id: BlockIdSchema,
  kind: z.enum(['number', 'address', 'prefix']),
  shown: z.string(),
  code: z.string(),
  since: InstantSchema,
  until: InstantSchema,
  refusals: z.int().check(z.gte(1)),
});
export type BlockView = z.output<typeof BlockViewSchema>;

/** Answer to `GET /v1/blocks` and to `POST /v1/blocks/check`. */
export const BlocksSchema = z.strictObject({
  blocks: z.array(BlockViewSchema),
  /** Where there are more: `cursor` of the next request. */
  cursor: z.optional(z.string()),
});
export type Blocks = z.output<typeof BlocksSchema>;

/** Body of `DELETE /v1/blocks/{id}`. */
export const LiftBlockSchema = z.strictObject({ reason: plainText(500) });

/** Body of `POST /v1/blocks/check`. */
export const CheckBlocksSchema = z
  .strictObject({
    number: z.optional(E164Schema),
    address: z.optional(z.union([z.ipv4(), z.ipv6()], 'must be an IP address such as 192.0.2.1')),
  })
  .check(
    z.refine((body) => body.number !== undefined || body.address !== undefined, {
      path: ['number'],
      error: 'is required unless address is given: say whose blocks you look for',
    }),
  );
