import { describe, expect, it } from 'vitest';
import { issueSentence } from '../../../../../../infra/local/webex/errors.ts';
import { FaultRulesSchema } from '../../../../../../infra/local/webex/faults/schema.ts';

const refusal = (rule: unknown): string | undefined => {
  const parsed = FaultRulesSchema.safeParse({ rules: [rule] });
  return parsed.success ? undefined : issueSentence(parsed.error);
};

describe('FaultRulesSchema', () => {
  it.each([
    {
      operation: 'createTask',
      effect: { status: 503, body: { errors: [] }, headers: { 'retry-after': '2' } },
      remaining: 3,
    },
    { operation: 'createTask', effect: { status: 502, afterProcessing: true } },
    { operation: 'token', effect: { delayMs: 2_000, afterProcessing: true } },
    { operation: 'any', effect: { timeoutAfterProcessing: true }, probability: 0.1, seed: 42 },
    { operation: 'search', effect: { searchLagSeconds: 30 }, match: { number: '+14155550132' } },
  ])('takes %j', (rule) => {
    expect(refusal(rule)).toBeUndefined();
  });

  it.each([
    [{ operation: 'createtask', effect: { status: 503 } }, 'rules.0.operation: must be one of'],
    [{ operation: 'any', effect: {} }, 'rules.0.effect: must hold exactly one of'],
    [{ operation: 'any', effect: { status: 503, dropAfter: true } }, 'got status and dropAfter'],
    [{ operation: 'any', effect: { status: 999 } }, 'rules.0.effect.status: must be 200 to 599'],
    [{ operation: 'any', effect: { delayMs: 5, body: {} } }, 'takes body and headers only beside status'],
    [
      { operation: 'any', effect: { dropAfter: true, afterProcessing: true } },
      'takes afterProcessing only beside status or delayMs',
    ],
    [{ operation: 'any', effect: { dropAfter: false } }, 'rules.0.effect.dropAfter: must be true'],
    [{ operation: 'any', effect: { status: 503 }, remaining: 0 }, 'rules.0.remaining: must be at least 1'],
    [{ operation: 'any', effect: { status: 503 }, seed: 4 }, 'rules.0.seed: needs probability'],
    [{ operation: 'any', effect: { status: 503 }, times: 4 }, 'Unrecognized key: "times"'],
  ])('refuses %j and says why', (rule, sentence) => {
    expect(refusal(rule)).toContain(sentence);
  });
});
