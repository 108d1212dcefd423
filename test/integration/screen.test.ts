import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlocksSchema } from '../../events/block/schema.ts';
import { CallbackAcceptedSchema } from '../../events/callback-accepted/schema.ts';
import { ProblemSchema } from '../../events/problem/schema.ts';
import sample from '../../ringback.config.ts';
import { defineConfig } from '../../src/settings/define-config.ts';
import type { SettingsInput } from '../../src/settings/schema.ts';
import { type HostedStack, startHostedStack } from '../support/hosted-stack.ts';
import { newProof } from '../support/proof-of-work.ts';

const cdnSecret = 'only the CDN knows';
const { lines } = sample as SettingsInput;
const settings = defineConfig({
  ...(sample as SettingsInput),
  lines: { ...lines, support: { ...lines['support'], countries: ['CA'] } as SettingsInput['lines'][string] },
  screen: {
    proofOfWork: { cost: 1_000, tries: 10 },
    clientAddress: {
      header: 'cloudfront-viewer-address',
      provenBy: { header: 'x-from-cdn', sha256: createHash('sha256').update(cdnSecret).digest('hex') },
    },
  },
});
const body = { line: 'billing', country: 'US', consent: { version: '2026-11', accepted: true } };
/** A call that waits, so that it can be cancelled and asked for again. */
const tomorrow = { when: { date: '2026-11-24', from: '10:00', to: '11:00' }, timeZone: 'America/Los_Angeles' };
/** Numbers with prefixes of their own in one time zone: nothing but what a case is about counts. */
const areas = ['415', '510', '650', '408', '213', '310', '619', '916', '805', '707', '530', '559'];
const numberIn = (index: number, last = '0132'): string => `+1${areas[index % areas.length]}555${last}`;

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly retryAfter: number;
  readonly id: string | undefined;
  readonly manageUrl: string;
}

/** The abuse screen as a browser or a program meets it: no address is exempt here. */
describe('the abuse screen on the running stack', () => {
  let stack: HostedStack;
  let nextClient = 0;
  beforeAll(async () => {
    stack = await startHostedStack({ settings });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const client = (address = `198.51.100.${(nextClient += 1)}`): Record<string, string> => ({
    'x-from-cdn': cdnSecret,
    'cloudfront-viewer-address': `${address}:40123`,
  });
  const post = async (fields: object, headers: Record<string, string> = client()): Promise<Answer> => {
    const response = await fetch(`${stack.host.ready.api}/v1/callbacks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ ...body, ...fields }),
    });
    const answer: unknown = await response.json();
    const accepted = CallbackAcceptedSchema.safeParse(answer).data;
    return {
      status: response.status,
      code: accepted ? undefined : ProblemSchema.parse(answer).code,
      retryAfter: Number(response.headers.get('retry-after') ?? 0),
      id: accepted?.id,
      manageUrl: accepted?.manageUrl ?? '',
    };
  };
  const proof = () => newProof(stack.host.ready.api);
  const ask = async (phone: string, headers?: Record<string, string>) => post({ phone, proof: await proof() }, headers);
  const blocksOf = async (who: object) => {
    const response = await stack.asOperator('POST', '/v1/blocks/check', who);
    return BlocksSchema.parse(await response.json()).blocks;
  };
  const listBlocks = async (query = '') =>
    BlocksSchema.parse(await (await stack.asOperator('GET', `/v1/blocks${query}`)).json());

  it('takes a solved challenge once', async () => {
    const solved = await proof();
    expect(await post({ phone: numberIn(0, '1001'), proof: solved })).toMatchObject({ status: 202 });
    expect(await post({ phone: numberIn(1, '1001'), proof: solved })).toMatchObject({
      status: 422,
      code: 'proof-used',
    });
  });

  it('takes a challenge that two requests bring at the same moment for one of them', async () => {
    const solved = await proof();
    const answers = await Promise.all(
      [2, 3, 4, 5].map((index) => post({ phone: numberIn(index, '1002'), proof: solved })),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([undefined, 'proof-used']));
  });

  it('gives the same answer to the same key, though the challenge is spent', async () => {
    const fields = { phone: numberIn(6, '1003'), proof: await proof() };
    const headers = { ...client(), 'idempotency-key': randomUUID() };
    const [one, other] = [await post(fields, headers), await post(fields, headers)];
    expect(one).toMatchObject({ status: 202 });
    expect(other).toEqual(one);
    const { proof: _proof, ...without } = fields;
    expect(await post(without, headers)).toEqual(one);
    expect(
      await post({ ...without, phone: numberIn(7, '1003') }, { ...client(), 'idempotency-key': randomUUID() }),
    ).toMatchObject({
      code: 'proof-missing',
    });
  });

  it('refuses what was not solved', async () => {
    const solved = await proof();
    const { challenge, solution } = JSON.parse(Buffer.from(solved, 'base64').toString()) as {
      challenge: { parameters: object };
      solution: { derivedKey: string };
    };
    const forged = (changed: object): string =>
      Buffer.from(JSON.stringify({ challenge, solution, ...changed })).toString('base64');
    const phone = numberIn(8, '1004');
    expect(await post({ phone })).toMatchObject({ status: 422, code: 'proof-missing' });
    for (const changed of [
      {
        solution: {
          ...solution,
          derivedKey: solution.derivedKey.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
        },
      },
      { challenge: { ...challenge, parameters: { ...challenge.parameters, cost: 1 } } },
      {
        challenge: { ...challenge, parameters: { ...challenge.parameters, data: { expiresAtMs: 9_999_999_999_999 } } },
      },
    ]) {
      expect(await post({ phone, proof: forged(changed) })).toMatchObject({ status: 422, code: 'proof-invalid' });
    }
    expect(await post({ phone, proof: 'bm90IEpTT04=' })).toMatchObject({ status: 422, code: 'proof-invalid' });
    expect(await post({ phone, proof: solved })).toMatchObject({ status: 202 });
  });

  it('asks the rules in their order, and charges nobody for what they refuse', async () => {
    const phone = numberIn(9, '1005');
    const evil = { ...client(), origin: 'https://evil.example' };
    expect(await post({ phone: 'x', website: 'x' }, evil)).toMatchObject({ status: 403, code: 'origin-not-allowed' });
    expect(await post({ phone, reason: 'x'.repeat(17_000), website: 'x' })).toMatchObject({ code: 'body-too-large' });
    expect(await post({ phone, website: 'https://spam' })).toMatchObject({
      status: 422,
      code: 'form-filled-by-program',
    });
    expect(await post({ phone, filledMs: 40 })).toMatchObject({ status: 422, code: 'form-filled-by-program' });
    expect(await post({ phone: '+19005550123' })).toMatchObject({ code: 'proof-missing' });
    expect(await post({ phone: '+19005550123', line: 'support', proof: await proof() })).toMatchObject({
      status: 422,
      code: 'country-not-called',
    });
    expect(await ask('+19005550123')).toMatchObject({ status: 422, code: 'number-type-not-called' });
    for (const count of [1, 2, 3, 4, 5])
      expect([count, (await post({ phone })).code]).toEqual([count, 'proof-missing']);
    expect(await post({ phone, filledMs: 1_500, website: '', proof: await proof() })).toMatchObject({ status: 202 });
  });

  it('takes three calls to a number in ten minutes, says when to come back, and lets an operator lift it', async () => {
    const phone = numberIn(10, '1006');
    for (let count = 0; count < 3; count += 1) {
      const { status, manageUrl } = await post({ ...tomorrow, phone, proof: await proof() });
      expect(status).toBe(202);
      expect((await fetch(manageUrl, { method: 'DELETE' })).ok).toBe(true);
    }
    const refused = await ask(phone);
    expect(refused).toMatchObject({ status: 429, code: 'too-many-for-number' });
    expect(refused.retryAfter).toBeGreaterThan(0);
    // Of three requests one less weighs in after a third of the next window.
    expect(refused.retryAfter).toBeLessThanOrEqual(600 + 200);

    const [block] = await blocksOf({ number: phone });
    expect(block).toMatchObject({ kind: 'number', shown: '+1530*****06', code: 'too-many-for-number', refusals: 1 });
    expect((await listBlocks()).blocks).toContainEqual(block);
    const path = `/v1/blocks/${block?.id ?? ''}`;
    expect((await stack.asOperator('DELETE', path, {})).status).toBe(422);
    expect((await stack.asOperator('DELETE', path, { reason: 'the person called us' })).status).toBe(204);
    expect((await stack.asOperator('DELETE', path, { reason: 'the person called us' })).status).toBe(404);
    expect(await blocksOf({ number: phone })).toEqual([]);
    expect(await ask(phone)).toMatchObject({ status: 202 });
  });

  it('takes ten calls from an address in ten minutes, of all together at the same moment too', async () => {
    const address = '203.0.113.9';
    const proofs = await Promise.all(areas.map(proof));
    const answers = await Promise.all(
      proofs.map((solved, index) => post({ phone: numberIn(index, '1007'), proof: solved }, client(address))),
    );
    expect(answers.filter(({ status }) => status === 202).length).toBeLessThanOrEqual(10);
    for (let index = 0; index < 10; index += 1) await ask(numberIn(index, '1008'), client(address));
    expect(await ask(numberIn(0, '1009'), client(address))).toMatchObject({
      status: 429,
      code: 'too-many-from-address',
    });
    expect(await blocksOf({ address })).toMatchObject([{ kind: 'address', shown: '203.0.*.*' }]);
    // Who only says so is not believed: without the CDN's secret it is the address that the gateway saw.
    expect(
      await ask(numberIn(0, '1009'), { 'cloudfront-viewer-address': `${address}:1`, 'x-forwarded-for': address }),
    ).toMatchObject({
      status: 202,
    });
    expect(await ask(numberIn(1, '1009'))).toMatchObject({ status: 202 });
  });

  it('takes ten calls to a range of numbers in an hour', async () => {
    const answers: Answer[] = [];
    for (let index = 0; index < 11; index += 1) answers.push(await ask(`+1415556${String(2_000 + index)}`));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(10);
    expect(answers.at(-1)).toMatchObject({ status: 429, code: 'too-many-for-prefix' });
    const first = await listBlocks('?limit=1');
    expect(first.blocks).toHaveLength(1);
    const ids = new Set(first.blocks.map(({ id }) => id));
    for (let { cursor } = first; cursor !== undefined; ) {
      const next = await listBlocks(`?limit=1&cursor=${cursor}`);
      for (const { id } of next.blocks) ids.add(id);
      cursor = next.cursor;
    }
    expect(ids).toEqual(new Set((await listBlocks()).blocks.map(({ id }) => id)));
    expect(ids.size).toBeGreaterThanOrEqual(2);
  });

  it('shows a plain form what will happen, and makes one call of one confirmation', async () => {
    const phone = numberIn(11, '1010');
    const form = {
      line: 'billing',
      country: 'US',
      phone,
      when: 'now',
      consent: 'yes',
      consentVersion: '2026-11',
      key: randomUUID(),
    };
    const send = (fields: Record<string, string>) =>
      fetch(`${stack.host.ready.api}/v1/callbacks`, {
        method: 'POST',
        headers: { ...client(), origin: stack.host.ready.api },
        body: new URLSearchParams(fields),
        redirect: 'manual',
      });
    const shown = await send(form);
    const confirmation = /name="confirmation" value="([^"]+)"/.exec(await shown.text())?.[1] ?? '';
    expect(shown.status).toBe(200);
    expect((await send({ ...form, phone: numberIn(10, '1010'), confirmation })).status).toBe(200);
    const [one, other] = [await send({ ...form, confirmation }), await send({ ...form, confirmation })];
    expect(one.status).toBe(303);
    expect(other.headers.get('location')).toBe(one.headers.get('location'));
    expect((await stack.asOperator('GET', `/v1/calls?number=${encodeURIComponent(numberIn(10, '1010'))}`)).status).toBe(
      200,
    );
  });
});

describe('the abuse screen with a small cap of the day', () => {
  let stack: HostedStack;
  beforeAll(async () => {
    const { script, plain } = settings.screen.limits;
    const limits = { script: { ...script, perLineAndDay: 5 }, plain: { ...plain, perLineAndDay: 5 } };
    stack = await startHostedStack({ settings: { ...settings, screen: { ...settings.screen, limits } } });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  it('takes as many as it says of all together at the same moment, and says when one more has room', async () => {
    const { api } = stack.host.ready;
    const proofs = await Promise.all(areas.map(() => newProof(api)));
    const answers = await Promise.all(
      proofs.map((proof, index) =>
        fetch(`${api}/v1/callbacks`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'x-from-cdn': cdnSecret,
            'cloudfront-viewer-address': `198.51.100.${index}:40123`,
          },
          body: JSON.stringify({ ...body, phone: numberIn(index), proof }),
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(5);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(areas.length - 5);
    for (const answer of refused) {
      expect(await answer.json()).toMatchObject({ code: 'line-full-today' });
      // A fifth of the day after midnight the five of the day before weigh no more than four.
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(86_400 / 5);
    }
  });
});

describe('the abuse screen that cannot read its counters', () => {
  let stack: HostedStack;
  beforeAll(async () => {
    stack = await startHostedStack({
      settings,
      removeStatement: ({ Sid }, { functionName }) => Sid === 'ReadAttempts' && functionName.includes('RequestCall'),
    });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  it('takes nothing, and says to come back', async () => {
    const response = await fetch(`${stack.host.ready.api}/v1/callbacks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, phone: '+14155550132', proof: await newProof(stack.host.ready.api) }),
    });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('60');
    expect(await response.json()).toMatchObject({ code: 'screen-unavailable' });
    expect(await stack.tasksTo('+14155550132')).toEqual([]);
  });
});
