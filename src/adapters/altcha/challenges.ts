import { createChallenge, randomInt } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { type Challenge, ChallengeSchema } from '../../../events/challenge/schema.ts';
import type { Settings } from '../../settings/schema.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { signingKeys } from './signing-keys.ts';

/** Long enough to fill the form in once more; a solution is worth nothing afterwards. */
export const challengeMs = 10 * 60_000;

/**
 * A challenge that takes between two thirds and four thirds of the work that the settings say. Its answer is chosen here and only
 * its signature told, so that checking a solution costs two HMACs and no work.
 */
export async function issueChallenge(
  { cost, tries }: Pick<Settings['screen']['proofOfWork'], 'cost' | 'tries'>,
  secret: string,
  nowMs: EpochMs,
): Promise<Challenge> {
  const third = Math.floor(tries / 3);
  const challenge = await createChallenge({
    algorithm: 'PBKDF2/SHA-256',
    cost,
    counter: randomInt(tries + third, tries - third),
    deriveKey,
    // Not altcha's own expiry, which knows the machine's clock only.
    data: { expiresAtMs: nowMs + challengeMs },
    ...signingKeys(secret),
  });
  return ChallengeSchema.parse(challenge);
}
