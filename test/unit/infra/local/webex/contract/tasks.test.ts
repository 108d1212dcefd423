import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CreateTaskRequest, keptSipHeaders } from '../../../../../../infra/local/webex/contract/tasks.ts';
import { issueSentence } from '../../../../../../infra/local/webex/errors.ts';
import { callbackTask } from '../../../../../support/webex-simulator.ts';

const refusal = (changes: Readonly<Record<string, unknown>>): string | undefined => {
  const parsed = CreateTaskRequest.safeParse(callbackTask(changes));
  return parsed.success ? undefined : issueSentence(parsed.error);
};
const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));

describe('CreateTaskRequest', () => {
  it.each([
    { destination: '1'.repeat(36) },
    { entryPointId: 'e'.repeat(36) },
    { origin: '+14155550100' },
    { attributes: pairs(30) },
    { attributes: { ['é'.repeat(100)]: '€'.repeat(341) } },
    { outboundType: 'EXECUTE_FLOW', origin: '+14155550100', callback: undefined },
    { customAttributes: pairs(25) },
  ])('takes %j', (changes) => {
    expect(refusal(changes)).toBeUndefined();
  });

  it.each([
    [{ destination: '1'.repeat(37) }, 'destination: must be at most 36 characters'],
    [{ entryPointId: 'e'.repeat(37) }, 'entryPointId: must be at most 36 characters'],
    [{ origin: `+${'1'.repeat(36)}` }, 'origin: must be at most 36 characters'],
    [{ origin: '14155550100' }, 'origin: Invalid origin'],
    [{ destination: undefined }, 'destination: is required'],
    [{ mediaType: 'chat' }, 'mediaType: must be telephony'],
    [{ outboundType: 'OTHER' }, 'outboundType: must be CALLBACK, EXECUTE_FLOW or OUTDIAL'],
    [{ callback: undefined }, 'callback: is required for CALLBACK'],
    [{ callback: { callbackOrigin: 'phone', callbackType: 'immediate' } }, 'callback.callbackOrigin: must be web'],
    [{ outboundType: 'EXECUTE_FLOW', callback: undefined }, 'origin: is required for EXECUTE_FLOW'],
    [{ outboundType: 'OUTDIAL', callback: undefined }, 'origin: is required for OUTDIAL'],
    [{ attributes: pairs(31) }, 'attributes: must hold at most 30 pairs, got 31'],
    [{ attributes: { ['é'.repeat(101)]: 'v' } }, 'attributes: has a key of more than 200 bytes'],
    [{ attributes: { reason: '€'.repeat(342) } }, 'attributes.reason: must be at most 1024 bytes'],
    [{ attributes: { reason: 7 } }, 'attributes.reason: must be text'],
    [{ customAttributes: { x: 'v'.repeat(1_100) } }, 'customAttributes: must be at most 1100 bytes in all, got 1101'],
    [{ priority: 1 }, 'Unrecognized key: "priority"'],
  ])('refuses %j and says why', (changes, sentence) => {
    expect(refusal(changes)).toContain(sentence);
  });

  it('measures attribute values in bytes, not in characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), (value) => {
        const fits = new TextEncoder().encode(value).length <= 1_024;
        return (refusal({ attributes: { value } }) === undefined) === fits;
      }),
    );
  });
});

describe('keptSipHeaders', () => {
  it('keeps the first twenty by name, in lower case', () => {
    const kept = keptSipHeaders({
      'X-B': '1',
      ...Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`a${String(index).padStart(2, '0')}`, 'v'])),
    });

    expect(Object.keys(kept)).toHaveLength(20);
    expect(kept).not.toHaveProperty('x-b');
    expect(keptSipHeaders({ 'X-B': '1' })).toEqual({ 'x-b': '1' });
  });
});
