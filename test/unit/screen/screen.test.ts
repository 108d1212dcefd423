import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePhone } from '../../../src/phone/parse-phone.ts';
import { addressBlock } from '../../../src/screen/address-block.ts';
import { formRule } from '../../../src/screen/form-rule.ts';
import { countryRule, numberTypeRule } from '../../../src/screen/number-rule.ts';
import { originRule } from '../../../src/screen/origin-rule.ts';
import type { RequestCounters } from '../../../src/screen/ports.ts';
import { type ScreenDeps, screenRequest } from '../../../src/screen/screen-request.ts';
import type { ScreenedRequest } from '../../../src/screen/types.ts';
import { type Counted, plainLimits, scriptLimits, windowAt } from '../../../src/screen/velocity.ts';

const startMs = Date.parse('2026-11-23T12:00:00Z');
const request: ScreenedRequest = {
  atMs: startMs,
  address: '192.0.2.1',
  origin: 'https://www.example.com',
  form: 'script',
  line: 'billing',
  number: '+14155550132',
  country: 'US',
  type: 'FIXED_LINE_OR_MOBILE',
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
    expect(rule({ ...request, origin })?.code).toBe(code);
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
    expect(rule({ ...request, ...told })?.code).toBe(code);
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
    expect(rule({ ...request, country, line })?.code).toBe(code);
  });
});

describe('numberTypeRule', () => {
  const codeFor = (typed: string): string | undefined => {
    const phone = parsePhone(typed);
    return phone.ok ? numberTypeRule({ ...request, ...phone.value })?.code : 'not a number';
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
    expect(numberTypeRule({ ...request, number: `+${code}12345678`, type: 'MOBILE' })?.code).toBe(
      'number-type-not-called',
    );
  });

  it('refuses a number of no known type', () => {
    expect(numberTypeRule({ ...request, type: undefined })?.code).toBe('number-type-not-called');
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

/** Counters in memory, each with one shard, as if the caps were spread evenly. */
class InMemoryCounters implements RequestCounters {
  readonly #counts = new Map<string, number>();

  add: RequestCounters['add'] = (counters, atMs) => {
    const counted = counters.map(({ name, limit, shards }): Counted => {
      const { index } = windowAt(atMs, limit.windowSeconds);
      const current = (this.#counts.get(`${name} ${index}`) ?? 0) + 1;
      this.#counts.set(`${name} ${index}`, current);
      return { current: Math.ceil(current / shards), previous: this.#counts.get(`${name} ${index - 1}`) ?? 0 };
    });
    return Promise.resolve(counted);
  };
}

const createScreen = (changes: Partial<ScreenDeps> = {}) => {
  const told: string[] = [];
  const deps: ScreenDeps = {
    rules: [],
    limits: { script: scriptLimits, plain: plainLimits },
    counters: new InMemoryCounters(),
    observer: {
      refused: (code) => told.push(code),
      nearlyFull: (code) => told.push(`nearly ${code}`),
      unavailable: (error) => told.push(String(error)),
    },
    ...changes,
  };
  const ask = async (change: Partial<ScreenedRequest> = {}): Promise<string> => {
    const screened = await screenRequest(deps, { ...request, ...change });
    return screened.ok ? 'taken' : screened.failure.code;
  };
  return { ask, told, deps };
};

const times = async (count: number, ask: (index: number) => Promise<string>): Promise<string[]> => {
  const answers: string[] = [];
  for (let index = 0; index < count; index += 1) answers.push(await ask(index));
  return answers;
};
const takenOf = (answers: readonly string[]): number => answers.filter((answer) => answer === 'taken').length;

describe('screenRequest', () => {
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
    expect(told.filter((code) => code === 'nearly line-full-today')).toHaveLength(48);
  });

  it('takes nothing when it cannot count', async () => {
    const { ask, told } = createScreen({ counters: { add: () => Promise.reject(new Error('unreachable')) } });
    expect(await ask()).toBe('screen-unavailable');
    expect(told).toEqual(['Error: unreachable', 'screen-unavailable']);
  });

  it('takes nothing when it counted less than it asked for', async () => {
    const { ask } = createScreen({ counters: { add: () => Promise.resolve([]) } });
    expect(await ask()).toBe('screen-unavailable');
  });

  it('counts nothing that a rule refuses', async () => {
    const counters = new InMemoryCounters();
    const refusing = createScreen({ counters, rules: [formRule(3_000)] });
    await times(5, () => refusing.ask({ honeypot: 'x' }));
    expect(await createScreen({ counters }).ask()).toBe('taken');
  });

  it('tells when to try again', async () => {
    const { deps } = createScreen();
    const atMs = startMs + 240_000;
    for (let count = 0; count < 3; count += 1) await screenRequest(deps, { ...request, atMs });
    const refused = await screenRequest(deps, { ...request, atMs });
    expect(refused).toEqual({ ok: false, failure: { code: 'too-many-for-number', retryAfterSeconds: 360 } });
  });
});
