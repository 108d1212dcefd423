import * as z from 'zod/mini';

/** What Secrets Manager sends to a rotation function, once a step. */
export const RotateSecretSchema = z.object({
  Step: z.enum(['createSecret', 'setSecret', 'testSecret', 'finishSecret']),
  SecretId: z.string().check(z.minLength(1)),
  ClientRequestToken: z.string().check(z.minLength(32), z.maxLength(64)),
});
export type RotateSecret = z.output<typeof RotateSecretSchema>;
