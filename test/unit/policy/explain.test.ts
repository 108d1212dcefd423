import { describe, expect, it } from 'vitest';
import { runExplain } from '../../../infra/cli/explain.ts';
import type { PolicyChoices } from '../../../src/policy/table.ts';

async function explain(args: readonly string[], policy: PolicyChoices = {}) {
  const printed: string[] = [];
  const complained: string[] = [];
  const code = await runExplain(args, {
    print: (line) => printed.push(line),
    complain: (line) => complained.push(line),
    nowMs: () => Date.parse('2026-11-24T20:00:00Z'),
    policy: async () => policy,
  });
  return { code, out: printed.join('\n'), err: complained.join('\n') };
}

describe('npm run explain', () => {
  it('tells in words why a number waits, with the source of the rule', async () => {
    const { code, out } = await explain(['+13055550132', '--at', '2026-11-20T20:30-05:00', '--kind', 'outdial']);

    expect(code).toBe(0);
    expect(out).toContain(
      'Defer: +13055550132 may be dialed from 2026-11-21T13:00:00.000Z on (2026-11-21 08:00 in America/New_York).',
    );
    expect(out).toContain(
      'Because of us-fl-sales: Outside the hours in America/New_York, where it is Friday 2026-11-20 20:30.',
    );
    expect(out).toContain('Source: Fla. Stat. 501.616(6)(a), (b), http');
    expect(out).toContain('Not legal advice.');
  });

  it('prints the verdict as JSON for scripts', async () => {
    const { out } = await explain([
      '(305) 555-0132',
      '--at',
      '2026-11-21T01:30Z',
      '--kind',
      'outdial',
      '--basis',
      'none',
      '--json',
    ]);

    const told = JSON.parse(out);

    expect(told).toMatchObject({
      verdict: 'defer',
      until: '2026-11-21T13:00:00.000Z',
      zones: ['America/New_York'],
      jurisdictions: ['US', 'US-FL'],
    });
    expect(told.table).toMatch(/^[\da-f]{64}$/);
    expect(told.rules).toContainEqual(
      expect.objectContaining({ id: 'us-fl-sales', result: 'blocked', citation: 'Fla. Stat. 501.616(6)(a), (b)' }),
    );
  });

  it('takes now, a callback and its own request where nothing is said', async () => {
    const told = JSON.parse((await explain(['+13055550132', '--json'])).out);

    expect(told).toMatchObject({ verdict: 'allow', until: null });
    expect(told.rules).toContainEqual(expect.objectContaining({ id: 'us-dnc-registry', result: 'lifted' }));
  });

  it('weighs the basis that is named', async () => {
    const verdict = async (basis: string) =>
      JSON.parse(
        (await explain(['+4930123456', '--kind', 'outdial', '--basis', basis, '--at', '2026-11-20T11:00Z', '--json']))
          .out,
      ).verdict;

    expect(await Promise.all([verdict('none'), verdict('consent'), verdict('relationship')])).toEqual([
      'deny',
      'allow',
      'deny',
    ]);
  });

  it("goes by the operator's settings and tells what they loosen", async () => {
    const policy = { rules: [{ removes: 'us-fl-sales', reason: 'Counsel said so in writing.' }] };

    const { out } = await explain(['+13055550132', '--kind', 'outdial', '--at', '2026-11-21T01:30Z'], policy);

    expect(out).toContain('Allow: +13055550132');
    expect(out).toContain('Loosened by the operator: Counsel said so in writing.');
  });

  it('adds the places that are named', async () => {
    const told = JSON.parse(
      (
        await explain([
          '+14155550132',
          '--postal-code',
          '33101',
          '--time-zone',
          'America/Phoenix',
          '--region',
          'Guam',
          '--json',
        ])
      ).out,
    );

    expect(told.jurisdictions).toEqual(['US', 'US-AZ', 'US-CA', 'US-FL', 'US-GU']);
  });

  it.each([
    [[], 'NUMBER is missing'],
    [['12'], 'NUMBER is not a phone number'],
    [['+1415', 'x'], 'Only one NUMBER'],
    [['+14155550132', '--at', 'yesterday'], '--at must be an instant with its offset'],
    [['+14155550132', '--at', '2026-11-23T09:30'], '--at must be an instant with its offset'],
    [['+14155550132', '--at', '2026-02-30T10:00Z'], '--at must be an instant with its offset'],
    [['+14155550132', '--kind', 'fax'], '--kind must be callback, outdial, got fax.'],
    [['+14155550132', '--basis', 'love'], '--basis must be none, request, relationship, consent, got love.'],
    [['+14155550132', '--time-zone', 'Mars/Base'], '--time-zone must be an IANA time zone'],
    [['+14155550132', '--country', 'XX', '--at'], "Option '--at <value>' argument missing"],
    [['+14155550132', '--foo'], "Unknown option '--foo'"],
  ])('answers %j with one sentence and an exit code', async (args, message) => {
    const { code, out, err } = await explain(args);

    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err.split('\n')).toHaveLength(1);
    expect(err).toContain(message);
  });
});
