import { pbkdf2, solveChallenge } from 'altcha/lib';
import type { Challenge } from '../../events/challenge/schema.ts';

/** Longer than the slowest phone takes; then the form is sent without. */
const timeoutMs = 30_000;

/**
 * Solves a challenge. The work is the browser's own PBKDF2, which runs beside the page's script: the page stays alive without a
 * worker of ours, which the policies of many pages would not let start.
 */
export async function solve(challenge: Challenge): Promise<string | undefined> {
  const solution = await solveChallenge({ challenge, deriveKey: pbkdf2.deriveKey, timeout: timeoutMs });
  return solution ? btoa(JSON.stringify({ challenge, solution })) : undefined;
}
