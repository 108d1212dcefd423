import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePhone } from '../../../src/phone/parse-phone.ts';
import { addressBlock } from '../../../src/screen/address-block.ts';
import { formRule } from '../../../src/screen/form-rule.ts';
import { countryRule, numberTypeRule } from '../../../src/screen/number-rule.ts';
import { originRule } from '../../../src/screen/origin-rule.ts';
import type { Block } from '../../../src/screen/blocks.ts';
import type { Charge, ProofVerifier, RequestCounters } from '../../../src/screen/ports.ts';
import { RequestScreen, type ScreenDeps } from '../../../src/screen/screen-request.ts';
import type { AskedNumber, ScreenRefusal, ScreenedRequest } from '../../../src/screen/types.ts';
import {
  type Counted,
  type Counter,
  type VelocityLimits,
  plainLimits,
  scriptLimits,
  windowAt,
} from '../../../src/screen/velocity.ts';
import { Prng } from '../../support/prng.ts';

const startMs = Date.parse('2026-11-23T12:00:00Z');
const asked: AskedNumber = {
  line: 'billing',
  number: '+14155550132',
  country: 'US',
  type: 'FIXED_LINE_OR_MOBILE',
};
const request: ScreenedRequest = {
  atMs: startMs,
  address: '192.0.2.1',
  form: 'script',
  line: asked.line,
  number: asked.number,
};

describe('originRule', () => {
  const rule = originRule(['https://www.example.com/help']);

  it.each([
    ['the site itself', 'https://www.example.com', undefined],
    ['no origin: no page of a browser', undefined, undefined],
    ['another site', 'https://www.example.com.evil.test', 'origin-not-allowed'],
    ['another scheme', 'http://www.example.com', 'origin-not-allowed'],
    ['a page without an origin of its own', 'null', 'origin-not-allowed'],
  ])('for %s', (_name, origin, code) => {
    expect(rule({ address: '192.0.2.1', origin })?.code).toBe(code);
  });

  it('takes a page of our own, whatever it is called', () => {
    expect(rule({ address: '192.0.2.1', origin: 'https://api.example.com', isOwnPage: true })).toBeUndefined();
  });
});

describe('formRule', () => {
  const rule = formRule(3_000);

  it.each([
    ['takes a form that tells nothing of it', {}, undefined],
    ['takes a form that took its time', { honeypot: '', filledMs: 3_000 }, undefined],
    ['refuses one that was filled in no time', { filledMs: 2_999 }, 'form-filled-by-program'],
    ['refuses one that was sent before it was shown', { filledMs: -1 }, 'form-filled-by-program'],
    ['refuses one with a time that is none', { filledMs: Number.NaN }, 'form-filled-by-program'],
    ['refuses one with the hidden field filled in', { honeypot: 'https://x' }, 'form-filled-by-program'],
  ])('%s', (_name, told, code) => {
    expect(rule(told)?.code).toBe(code);
  });
});

describe('countryRule', () => {
  const rule = countryRule((line) => (line === 'billing' ? ['US', 'CA'] : []));

  it.each([
    ['US', 'billing', undefined],
    ['GB', 'billing', 'country-not-called'],
    [undefined, 'billing', 'country-not-called'],
    ['US', 'another', 'country-not-called'],
  ])('for %s on %s', (country, line, code) => {
    expect(rule({ country, line })?.code).toBe(code);
  });
});

describe('numberTypeRule', () => {
  const codeFor = (typed: string): string | undefined => {
    const phone = parsePhone(typed);
    return phone.ok ? numberTypeRule({ ...asked, ...phone.value })?.code : 'not a number';
  };

  it.each(['+14155550132', '+447400123456', '+4930901820', '+33612345678'])('takes %s, a person’s number', (number) => {
    expect(codeFor(number)).toBeUndefined();
  });

  it.each([
    ['premium rate', '+19005550123'],
    ['toll-free', '+18005550123'],
    ['a personal number', '+447012345678'],
    ['premium rate abroad', '+449098790000'],
    ['satellite', '+870773111632'],
    ['satellite', '+881612345678'],
    ['an international network', '+8823451234567'],
    ['an international network', '+883510012345'],
    ['international premium rate', '+979123456789'],
  ])('refuses %s: %s', (_name, number) => {
    expect(codeFor(number)).toBe('number-type-not-called');
  });

  it.each(['808', '870', '878', '881', '882', '883', '979'])('refuses +%s whatever its type is said to be', (code) => {
    expect(numberTypeRule({ ...asked, number: `+${code}12345678`, type: 'MOBILE' })?.code).toBe(
      'number-type-not-called',
    );
  });

  it('refuses a number of no known type', () => {
    expect(numberTypeRule({ ...asked, type: undefined })?.code).toBe('number-type-not-called');
  });
});

describe('addressBlock', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['not an address', undefined],
    ['', undefined],
  ])('of %s is %s', (address, block) => {
    expect(addressBlock(address)).toBe(block);
  });

  it('is one for all addresses of a /64 and no other', () => {
    const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
    const groups = (length: number) => fc.array(group, { minLength: length, maxLength: length });
    fc.assert(
      fc.property(groups(4), groups(4), groups(4), (net, host, otherHost) => {
        const address = addressBlock([...net, ...host].join(':'));
        const [first = '0', ...rest] = net;
        const otherNet = [((Number.parseInt(first, 16) + 1) & 0xffff).toString(16), ...rest];
        return (
          address === addressBlock([...net, ...otherHost].join(':')) &&
          address !== addressBlock([...otherNet, ...host].join(':'))
        );
      }),
    );
  });
});

/** Counters in memory, by subject, shard, name and window. */
class InMemoryCounters implements RequestCounters {
  readonly #counts = new Map<string, number>();

  read: RequestCounters['read'] = (counters, atMs, shard) =>
    Promise.resolve(
      counters.map((counter): Counted => {
        const { index } = windowAt(atMs, counter.limit.windowSeconds);
        const at = (window: number): number => this.#counts.get(keyOf(counter, shard, window)) ?? 0;
        return { current: at(index), previous: at(index - 1) };
      }),
    );

  /** What the transaction that takes the request writes. */
  add({ counts, atMs, shard }: Charge): void {
    for (const { counter } of counts) {
      const key = keyOf(counter, shard, windowAt(atMs, counter.limit.windowSeconds).index);
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
  }
}

const keyOf = ({ subject, name, shards }: Counter, shard: number, window: number): string =>
  `${subject} ${shard % shards} ${name} ${window}`;

const never: ScreenDeps['rules'] = {
  origin: () => undefined,
  form: () => undefined,
  country: () => undefined,
  numberType: () => undefined,
};

const createScreen = (changes: Partial<ScreenDeps> = {}, counters = new InMemoryCounters()) => {
  const told: string[] = [];
  const blocks: Partial<Block>[] = [];
  const screen = new RequestScreen({
    rules: never,
    limits: { script: scriptLimits, plain: plainLimits },
    requiresProof: true,
    isExempt: () => false,
    counters,
    proofs: { verify: () => Promise.reject(new Error('The key cannot be read.')) },
    blocks: {
      note: (block) => {
        blocks.push(block);
        return Promise.resolve();
      },
    },
    observer: {
      refused: (code) => told.push(code),
      nearlyFull: (code) => told.push(`nearly ${code}`),
      unavailable: (error) => told.push(String(error)),
    },
    random: () => 0.5,
    ...changes,
  });
  const weigh = (change: Partial<ScreenedRequest> = {}): ReturnType<RequestScreen['weigh']> => {
    const { address, form, line, number, atMs } = { ...request, ...change };
    return screen.weigh({ arrival: { address }, form }, { line, number }, atMs);
  };
  const refusal = async (change: Partial<ScreenedRequest> = {}): Promise<ScreenRefusal | undefined> => {
    const weighed = await weigh(change);
    if (weighed.ok) counters.add(weighed.value);
    return weighed.ok ? undefined : weighed.failure;
  };
  const ask = async (change: Partial<ScreenedRequest> = {}): Promise<string> =>
    (await refusal(change))?.code ?? 'taken';
  return { ask, refusal, weigh, told, blocks, screen };
};

const times = async (count: number, ask: (index: number) => Promise<string>): Promise<string[]> => {
  const answers: string[] = [];
  for (let index = 0; index < count; index += 1) answers.push(await ask(index));
  return answers;
};
const takenOf = (answers: readonly string[]): number => answers.filter((answer) => answer === 'taken').length;

describe('RequestScreen', () => {
  it('takes three requests for a number in ten minutes, and no more', async () => {
    const { ask } = createScreen();
    const answers = await times(4, (index) => ask({ address: `192.0.2.${index}`, atMs: startMs + index * 60_000 }));
    expect(answers).toEqual(['taken', 'taken', 'taken', 'too-many-for-number']);
  });

  it('does not start anew where a window of the clock begins', async () => {
    const { ask } = createScreen();
    const offsets = [-3, -2, -1, 1].map((seconds) => startMs + seconds * 1_000);
    expect(await times(4, (index) => ask({ atMs: offsets[index] ?? 0 }))).toEqual([
      'taken',
      'taken',
      'taken',
      'too-many-for-number',
    ]);
  });

  it('takes five requests for a number on a day', async () => {
    const { ask } = createScreen();
    const answers = await times(8, (index) => ask({ address: `192.0.2.${index}`, atMs: startMs + index * 1_200_000 }));
    expect(takenOf(answers)).toBe(5);
    expect(answers.at(-1)).toBe('too-many-for-number');
  });

  it('counts an IPv6 network as one client', async () => {
    const { ask } = createScreen();
    const answers = await times(12, (index) =>
      ask({
        address: `2001:db8:1:2::${index}`,
        number: `+1${212 + index}5550132`,
      }),
    );
    expect(takenOf(answers)).toBe(10);
    expect(answers.at(-1)).toBe('too-many-from-address');
  });

  it('sees a range of numbers that is dialed through from many addresses', async () => {
    const { ask } = createScreen();
    const answers = await times(12, (index) =>
      ask({ address: `192.0.2.${index}`, number: `+1415555${String(2_000 + index)}` }),
    );
    expect(takenOf(answers)).toBe(10);
    expect(answers.at(-1)).toBe('too-many-for-prefix');
  });

  it('is stricter without JavaScript', async () => {
    const { ask } = createScreen();
    expect(await times(3, () => ask({ form: 'plain' }))).toEqual(['taken', 'taken', 'too-many-for-number']);
  });

  it('closes a line for the day at its cap, and warns at 80 %', async () => {
    const limits = { ...scriptLimits, perAddress: [], perNumber: [], perPrefix: [], perLineAndDay: 160 };
    const { ask, told } = createScreen({ limits: { script: limits, plain: limits } });
    const answers = await times(170, () => ask());
    expect(takenOf(answers)).toBe(160);
    expect(answers.at(-1)).toBe('line-full-today');
    expect(await ask({ line: 'support' })).toBe('taken');
    expect(told.filter((code) => code === 'nearly line-full-today')).toHaveLength(33);
  });

  describe('with a cap of the day and nothing else in the way', () => {
    const capped = (caps: Partial<VelocityLimits>, plainCaps = caps) => {
      const limits = { perAddress: [], perNumber: [], perPrefix: [], perLineAndDay: 1_000_000, perDay: 1_000_000 };
      const prng = new Prng(7);
      return createScreen({
        limits: { script: { ...limits, ...caps }, plain: { ...limits, ...plainCaps } },
        random: () => prng.next(),
      });
    };

    it.each([
      ['perLineAndDay', 5, 'line-full-today'],
      ['perDay', 5, 'full-today'],
      ['perLineAndDay', 100, 'line-full-today'],
      ['perDay', 1_023, 'full-today'],
    ] as const)('takes as many as %s says: %i', async (name, cap, code) => {
      const { ask } = capped({ [name]: cap });
      const answers = await times(cap + 20, () => ask());
      expect(answers.indexOf(code)).toBe(cap);
      expect(takenOf(answers)).toBe(cap);
    });

    it('counts line and day apart where only one of them is small', async () => {
      const { ask } = capped({ perLineAndDay: 3 });
      expect(takenOf(await times(10, () => ask()))).toBe(3);
      expect(takenOf(await times(10, () => ask({ line: 'support' })))).toBe(3);
    });

    it('counts both forms together where the cap of one is small', async () => {
      const { ask } = capped({ perDay: 2_000 }, { perDay: 10 });
      expect(takenOf(await times(10, () => ask()))).toBe(10);
      expect(await ask({ form: 'plain' })).toBe('full-today');
      expect(await ask()).toBe('taken');
    });

    it.each([
      [1_024, 0.7],
      [5_000, 0.85],
    ])('takes no more than a large cap of %i, and refuses nobody before %d of it', async (cap, least) => {
      const { ask } = capped({ perDay: cap });
      const answers = await times(2 * cap, () => ask());
      expect(answers.indexOf('full-today')).toBeGreaterThan(cap * least);
      expect(takenOf(answers)).toBeLessThanOrEqual(cap);
      expect(takenOf(answers)).toBeGreaterThan(0.99 * cap);
    });
  });

  it('takes nothing when it cannot count', async () => {
    const { ask, told } = createScreen({ counters: { read: () => Promise.reject(new Error('unreachable')) } });
    expect(await ask()).toBe('screen-unavailable');
    expect(told).toEqual(['Error: unreachable', 'screen-unavailable']);
  });

  it('takes nothing when it counted less than it asked for', async () => {
    const { ask } = createScreen({ counters: { read: () => Promise.resolve([]) } });
    expect(await ask()).toBe('screen-unavailable');
  });

  it('counts nothing that is refused, so that nobody uses up the day for all', async () => {
    const limits = { ...scriptLimits, perPrefix: [], perLineAndDay: 64 };
    const { ask } = createScreen({ limits: { script: limits, plain: limits } });
    expect(takenOf(await times(100, () => ask()))).toBe(3);
    const others = await times(40, (index) =>
      ask({ address: `198.51.100.${index}`, number: `+1415${5_550_200 + index}` }),
    );
    expect(takenOf(others)).toBe(40);
  });

  describe('tells when to try again', () => {
    it('with the share in mind that the last window still has', async () => {
      const { ask, refusal } = createScreen();
      const atMs = startMs + 240_000;
      for (let count = 0; count < 3; count += 1) await ask({ atMs });
      // Of three requests two are left after a third of the next window.
      expect(await refusal({ atMs })).toEqual({ code: 'too-many-for-number', retryAfterSeconds: 360 + 200 });
    });

    it('in the same window where the share of the last one was in the way', async () => {
      const { ask, refusal } = createScreen();
      for (let count = 0; count < 3; count += 1) await ask({ atMs: startMs - 1_000 });
      expect(await refusal()).toEqual({ code: 'too-many-for-number', retryAfterSeconds: 200 });
    });

    it('by the limit that holds longest', async () => {
      const { ask, refusal } = createScreen();
      await times(2, (index) => ask({ atMs: startMs - (1 + index) * 1_800_000 }));
      await times(3, () => ask());
      expect(await refusal()).toEqual({ code: 'too-many-for-number', retryAfterSeconds: 43_200 + 17_280 });
    });

    it('so that it is taken then, and a second before not yet', async () => {
      const limit = fc.record({
        count: fc.integer({ min: 1, max: 9 }),
        windowSeconds: fc.integer({ min: 60, max: 900 }),
      });
      const askedAt = fc.array(fc.integer({ min: 0, max: 1_500_000 }), { minLength: 1, maxLength: 40 });
      await fc.assert(
        fc.asyncProperty(fc.array(limit, { minLength: 1, maxLength: 3 }), askedAt, async (perNumber, offsets) => {
          const limits = { ...scriptLimits, perAddress: [], perPrefix: [], perNumber };
          const { refusal, weigh } = createScreen({ limits: { script: limits, plain: limits } });
          for (const offset of offsets.toSorted((one, other) => one - other)) {
            const atMs = startMs + offset;
            const { retryAfterSeconds } = (await refusal({ atMs })) ?? {};
            if (retryAfterSeconds === undefined) continue;
            expect(await weigh({ atMs: atMs + (retryAfterSeconds - 1) * 1_000 })).toMatchObject({ ok: false });
            expect(await weigh({ atMs: atMs + retryAfterSeconds * 1_000 })).toMatchObject({ ok: true });
          }
        }),
        { numRuns: 300 },
      );
    });
  });

  it('notes a block that says nothing of the whole number', async () => {
    const { ask, blocks } = createScreen();
    await times(4, () => ask());
    expect(blocks).toEqual([
      {
        id: expect.stringMatching(/^number-[0-9a-f]{32}$/) as string,
        kind: 'number',
        code: 'too-many-for-number',
        shown: '+1415*****32',
        untilMs: startMs + 800_000,
      },
    ]);
  });

  it('refuses all the same where the block cannot be noted', async () => {
    const { ask, told } = createScreen({ blocks: { note: () => Promise.reject(new Error('unreachable')) } });
    expect((await times(4, () => ask())).at(-1)).toBe('too-many-for-number');
    expect(told).toEqual(['Error: unreachable', 'too-many-for-number']);
  });

  it('holds an exempt address to the limits of a number, and to no other', async () => {
    const { ask } = createScreen({ isExempt: (address) => address === '192.0.2.1' });
    expect(takenOf(await times(60, (index) => ask({ number: `+1415${5_550_200 + index}` })))).toBe(60);
    expect((await times(4, () => ask())).at(-1)).toBe('too-many-for-number');
  });

  it('looks at the country before the type, and counts neither', () => {
    const { screen, told } = createScreen({
      rules: {
        ...never,
        country: () => ({ code: 'country-not-called' }),
        numberType: () => ({ code: 'number-type-not-called' }),
      },
    });
    expect(screen.number(asked)).toEqual({ ok: false, failure: { code: 'country-not-called' } });
    expect(told).toEqual(['country-not-called']);
  });
});

describe('RequestScreen.proof', () => {
  const solved = { id: 'challenge', expiresAtMs: startMs + 1 };
  const proving = (verify: ProofVerifier['verify'], changes: Partial<ScreenDeps> = {}) =>
    createScreen({ proofs: { verify }, ...changes }).screen;
  const arrival = { address: '192.0.2.1' };
  const good: ProofVerifier['verify'] = () => Promise.resolve(solved);

  it('gives what the request spends', async () => {
    expect(await proving(good).proof(arrival, 'proof', startMs)).toEqual({ ok: true, value: solved });
  });

  it.each(['proof-invalid', 'proof-expired'] as const)('refuses with %s', async (code) => {
    const screen = proving(() => Promise.resolve(code));
    expect(await screen.proof(arrival, 'proof', startMs)).toEqual({ ok: false, failure: { code } });
  });

  it('wants one', async () => {
    const refused = await proving(good).proof(arrival, undefined, startMs);
    expect(refused).toEqual({ ok: false, failure: { code: 'proof-missing' } });
  });

  it('takes nothing when the key cannot be read', async () => {
    const refused = await createScreen().screen.proof(arrival, 'proof', startMs);
    expect(refused).toEqual({ ok: false, failure: { code: 'screen-unavailable' } });
  });

  it.each([
    ['the settings want none', { requiresProof: false }],
    ['the address is exempt', { isExempt: () => true }],
  ])('wants none where %s', async (_why, changes) => {
    const screen = proving(() => Promise.reject(new Error('must not be asked')), changes);
    expect(await screen.proof(arrival, undefined, startMs)).toEqual({ ok: true, value: undefined });
  });
});
