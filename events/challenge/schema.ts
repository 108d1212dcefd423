import * as z from 'zod/mini';

const HexSchema = z.string('must be hexadecimal').check(z.regex(/^[0-9a-f]{2,256}$/, 'must be hexadecimal'));

/** A challenge as altcha-lib makes it (version 2 of its proof of work); everything in `parameters` is signed. */
const ParametersSchema = z.object({
  algorithm: z.literal('PBKDF2/SHA-256'),
  cost: z.int().check(z.gte(1), z.lte(1_000_000)),
  keyLength: z.literal(32),
  keyPrefix: HexSchema,
  keySignature: HexSchema,
  nonce: HexSchema,
  salt: HexSchema,
  data: z.strictObject({ expiresAtMs: z.int() }),
});

/** Answer to `GET /v1/challenge`. */
export const ChallengeSchema = z.object({ parameters: ParametersSchema, signature: HexSchema });
export type Challenge = z.output<typeof ChallengeSchema>;

/** `proof` of a request, decoded: a challenge of ours with its solution. */
export const ProofSchema = z.object({
  challenge: ChallengeSchema,
  solution: z.object({
    counter: z.int().check(z.gte(0), z.lte(4_294_967_295)),
    derivedKey: HexSchema,
    time: z.optional(z.number()),
  }),
});
export type Proof = z.output<typeof ProofSchema>;
