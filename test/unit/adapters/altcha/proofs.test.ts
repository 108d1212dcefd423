import { describe, expect, it } from 'vitest';
import { challengeMs, issueChallenge } from '../../../../src/adapters/altcha/challenges.ts';
import { AltchaProofs } from '../../../../src/adapters/altcha/proofs.ts';
import { solve } from '../../../support/proof-of-work.ts';

/** Far from the machine's clock: only ours may count. */
const nowMs = Date.parse('2031-01-01T00:00:00Z');
const work = { cost: 1_000, tries: 12 };
const secret = 'the secret of the screen';
const proofs = new AltchaProofs(() => Promise.resolve(secret));

describe('AltchaProofs', () => {
  it('takes a challenge of ours that was solved, until it expires', async () => {
    const challenge = await issueChallenge(work, secret, nowMs);
    const proof = await solve(challenge);
    const spent = { id: challenge.parameters.nonce, expiresAtMs: nowMs + challengeMs };
    expect(await proofs.verify(proof, nowMs)).toEqual(spent);
    expect(await proofs.verify(proof, nowMs + challengeMs - 1)).toEqual(spent);
    expect(await proofs.verify(proof, nowMs + challengeMs)).toBe('proof-expired');
  });

  it('takes no challenge of somebody else', async () => {
    const proof = await solve(await issueChallenge(work, 'another secret', nowMs));
    expect(await proofs.verify(proof, nowMs)).toBe('proof-invalid');
  });

  it.each(['', 'bm90IEpTT04=', Buffer.from('null').toString('base64'), Buffer.from('{}').toString('base64')])(
    'takes %j for no proof',
    async (proof) => {
      expect(await proofs.verify(proof, nowMs)).toBe('proof-invalid');
    },
  );

  it('tells that the key could not be read', async () => {
    const unreadable = new AltchaProofs(() => Promise.reject(new Error('unreachable')));
    const proof = await solve(await issueChallenge(work, secret, nowMs));
    await expect(unreadable.verify(proof, nowMs)).rejects.toThrow('unreachable');
  });

  it('sets about the work that the settings say, never the same', async () => {
    const solved = await Promise.all(
      Array.from({ length: 12 }, async () => solve(await issueChallenge({ cost: 1_000, tries: 30 }, secret, nowMs))),
    );
    const tries = solved.map(
      (proof) =>
        (JSON.parse(Buffer.from(proof, 'base64').toString()) as { solution: { counter: number } }).solution.counter,
    );
    expect(Math.min(...tries)).toBeGreaterThanOrEqual(20);
    expect(Math.max(...tries)).toBeLessThanOrEqual(40);
    expect(new Set(tries).size).toBeGreaterThan(1);
  });
});
