import { describe, expect, test } from 'vitest';
import { WebexDnc } from '../../../../src/adapters/webex/dnc-list.ts';
import type { HttpAnswer, HttpRequest } from '../../../../src/adapters/webex/transport.ts';
import { broken, type Reply, reply, stub } from './support/stub.ts';

const NUMBER = '+14155550132';
const PROBE = '+12025550143';
const ENTRY = { source: 'ringback', reason: 'asked' };

/** Webex's lists: which exist, and what is on them. */
function webex(lists: Record<string, Set<string>>) {
  return (request: HttpRequest): HttpAnswer => {
    const [, , , , name = '', , number] = request.url.pathname.split('/').map(decodeURIComponent);
    const list = lists[name];
    if (!list) return reply(404, { code: 1004, message: 'DNC list not found' });
    if (request.method === 'POST') {
      const { phoneNumber } = JSON.parse(request.body ?? '{}') as { phoneNumber: string };
      if (list.has(phoneNumber)) return reply(409, { code: 409, message: 'exists' });
      list.add(phoneNumber);
      return reply(201, { phoneNumber });
    }
    if (!list.has(number ?? '')) return reply(404, { code: 1001, message: 'number not found' });
    if (request.method === 'DELETE') list.delete(number ?? '');
    return request.method === 'DELETE' ? reply(204) : reply(200, { phoneNumber: number, source: 'x' });
  };
}

/** The first request finds no list at all. */
function awayAtFirst(lists: Record<string, Set<string>>): Reply {
  let asked = 0;
  return (request) => {
    asked += 1;
    return webex(asked === 1 ? {} : lists)(request);
  };
}

const dnc = (reply_: Reply) => {
  const built = stub([reply_]);
  return { ...built, list: new WebexDnc(built.client, 'corporate') };
};

describe('looking a number up', () => {
  test('is listed where Webex has it', async () => {
    const { list, requests } = dnc(webex({ corporate: new Set([NUMBER]) }));

    expect(await list.lookUp(NUMBER)).toBe('listed');
    expect(requests.at(-1)?.url.pathname).toBe('/v3/campaign-management/dncList/corporate/phoneNumber/%2B14155550132');
  });

  test('is not clear where the list was away when it was asked and is back a moment later', async () => {
    const { list } = dnc(awayAtFirst({ corporate: new Set([NUMBER]) }));

    expect(await list.lookUp(NUMBER)).not.toBe('clear');
    expect(await list.lookUp(NUMBER)).toBe('listed');
  });

  test('is clear once the list was proved by the probe number', async () => {
    const lists = { corporate: new Set<string>() };
    const { list } = dnc(webex(lists));

    expect(await list.lookUp(NUMBER)).toBe('clear');
    expect([...lists.corporate]).toEqual([PROBE]);
  });

  test('is unreadable where the list is not there, although each number is answered 404', async () => {
    const { list } = dnc(webex({ Corporate: new Set() }));

    expect(await list.lookUp(NUMBER)).toBe('unreadable');
  });

  test('costs one request while the proof holds, and a new proof after ten minutes', async () => {
    const { list, requests, advance } = dnc(webex({ corporate: new Set([PROBE]) }));
    await list.lookUp(NUMBER);
    await list.lookUp(NUMBER);
    expect(requests).toHaveLength(3);
    advance(600_001);

    await list.lookUp(NUMBER);

    expect(requests).toHaveLength(5);
  });

  test('does not ask for a list that is not there again and again', async () => {
    const { list, requests, advance } = dnc(webex({}));
    await list.lookUp(NUMBER);
    const afterFirst = requests.length;
    await list.lookUp(NUMBER);
    expect(requests).toHaveLength(afterFirst + 1);
    advance(30_001);

    await list.lookUp(NUMBER);

    expect(requests).toHaveLength(afterFirst + 1 + afterFirst);
  });

  test('probes once for callers that come at the same time', async () => {
    const lists = { corporate: new Set<string>() };
    const { list, requests } = dnc(webex(lists));

    await Promise.all([list.lookUp(NUMBER), list.lookUp('+14155550133'), list.lookUp('+14155550134')]);

    expect(requests.filter((request) => request.method === 'POST')).toHaveLength(1);
  });

  test.each<[string, Reply]>([
    ['fails', reply(500)],
    ['does not answer', broken('unknown')],
    ['refuses', reply(403)],
    ['throttles', reply(429)],
    ['answers what cannot be read', reply(200, 'ok')],
  ])('is unreadable where Webex %s', async (_name, answer) => {
    expect(await dnc(answer).list.lookUp(NUMBER)).toBe('unreadable');
  });
});

describe('adding', () => {
  test('takes a number that is listed already for added', async () => {
    const { list, requests } = dnc(webex({ corporate: new Set([NUMBER]) }));

    for (let n = 0; n < 10; n += 1) await list.add(NUMBER, ENTRY);

    expect(requests).toHaveLength(10);
  });

  test('fails where the list is not there', async () => {
    const { list } = dnc(webex({}));

    await expect(list.add(NUMBER, ENTRY)).rejects.toMatchObject({ status: 404 });
  });

  test('refuses a source over 100 characters by its name', async () => {
    const { list, requests } = dnc(webex({ corporate: new Set() }));

    await expect(list.add(NUMBER, { ...ENTRY, source: 'x'.repeat(101) })).rejects.toMatchObject({
      code: 'request-not-valid',
      field: 'source',
    });
    expect(requests).toHaveLength(0);
  });
});

describe('removing', () => {
  test('takes a number that is not listed for removed', async () => {
    const { list } = dnc(webex({ corporate: new Set() }));

    await expect(list.remove(NUMBER)).resolves.toBeUndefined();
  });

  test('removes', async () => {
    const lists = { corporate: new Set([NUMBER]) };

    await dnc(webex(lists)).list.remove(NUMBER);

    expect(lists.corporate.has(NUMBER)).toBe(false);
  });

  test('takes the number off a list that was away when it was asked and is back a moment later', async () => {
    const lists = { corporate: new Set([NUMBER]) };
    const { list } = dnc(awayAtFirst(lists));

    await list.remove(NUMBER);

    expect(lists.corporate.has(NUMBER)).toBe(false);
  });

  test('fails where the list has gone since it was proved', async () => {
    const lists: Record<string, Set<string>> = { corporate: new Set([NUMBER]) };
    const { list } = dnc(webex(lists));
    expect(await list.lookUp(NUMBER)).toBe('listed');
    delete lists['corporate'];

    await expect(list.remove(NUMBER)).rejects.toMatchObject({ status: 404 });
  });

  test('fails where the list is not there', async () => {
    await expect(dnc(webex({})).list.remove(NUMBER)).rejects.toMatchObject({ status: 404 });
  });
});

test('a list name with other characters is a mistake of the settings', () => {
  expect(() => new WebexDnc(stub([]).client, 'do not call')).toThrow('1 to 100');
});
