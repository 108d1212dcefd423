import { verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import * as z from 'zod/mini';
import { type Proof, ProofSchema } from '../../../events/challenge/schema.ts';
import type { ProofVerifier, SpentProof } from '../../screen/ports.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { signingKeys } from './signing-keys.ts';

/** Checks solved challenges of our own. */
export class AltchaProofs implements ProofVerifier {
  readonly #secret: () => Promise<string>;

  /** @param secret what the challenges were signed with */
  constructor(secret: () => Promise<string>) {
    this.#secret = secret;
  }

  async verify(proof: string, nowMs: EpochMs): Promise<SpentProof | 'proof-invalid' | 'proof-expired'> {
    const parsed = readProof(proof);
    if (!parsed) return 'proof-invalid';
    const { challenge, solution } = parsed;
    const { expiresAtMs } = challenge.parameters.data;
    if (expiresAtMs <= nowMs) return 'proof-expired';
    const { counter, derivedKey } = solution;
    const { verified } = await verifySolution({
      challenge,
      solution: { counter, derivedKey },
      deriveKey,
      ...signingKeys(await this.#secret()),
    });
    return verified ? { id: challenge.parameters.nonce, expiresAtMs } : 'proof-invalid';
  }
}

function readProof(text: string): Proof | undefined {
  try {
    const parsed = z.safeParse(ProofSchema, JSON.parse(Buffer.from(text, 'base64').toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
