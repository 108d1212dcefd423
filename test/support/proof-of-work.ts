import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { type Challenge, ChallengeSchema } from '../../events/challenge/schema.ts';

/** What a form with JavaScript sends as `proof`. */
export async function solve(challenge: Challenge): Promise<string> {
  const solution = await solveChallenge({ challenge, deriveKey });
  if (!solution) throw new Error('The challenge was not solved in time.');
  return Buffer.from(JSON.stringify({ challenge, solution })).toString('base64');
}

/** Asks an API for a challenge and solves it. */
export async function newProof(api: string): Promise<string> {
  const response = await fetch(`${api}/v1/challenge`);
  return solve(ChallengeSchema.parse(await response.json()));
}
