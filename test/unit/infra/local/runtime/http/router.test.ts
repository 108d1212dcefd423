import { describe, expect, it } from 'vitest';
import { Router } from '../../../../../../infra/local/runtime/http/router.ts';

const router = (...routeKeys: string[]) => new Router(routeKeys.map((routeKey) => ({ routeKey, route: routeKey })));

describe('routes of an HTTP API', () => {
  it('hands on path parameters, decoded', () => {
    const match = router('GET /v1/suppressions/{number}').find('GET', '/v1/suppressions/%2B14155550132');

    expect(match).toEqual({
      routeKey: 'GET /v1/suppressions/{number}',
      route: 'GET /v1/suppressions/{number}',
      pathParameters: { number: '+14155550132' },
    });
  });

  it.each([
    [
      'a literal segment before a parameter',
      ['GET /calls/{id}', 'GET /calls/check'],
      '/calls/check',
      'GET /calls/check',
    ],
    ['a parameter before a greedy one', ['GET /calls/{rest+}', 'GET /calls/{id}'], '/calls/7', 'GET /calls/{id}'],
    ['the method before ANY', ['ANY /calls', 'GET /calls'], '/calls', 'GET /calls'],
    ['any route before $default', ['$default', 'ANY /{rest+}'], '/calls', 'ANY /{rest+}'],
    ['$default where nothing else matches', ['$default', 'GET /calls'], '/other', '$default'],
  ])('chooses %s', (_what, routeKeys, path, expected) => {
    expect(router(...routeKeys).find('GET', path)?.routeKey).toBe(expected);
  });

  it('gives the rest of the path to a greedy parameter', () => {
    expect(router('GET /files/{path+}').find('GET', '/files/a/b%20c')?.pathParameters).toEqual({ path: 'a/b c' });
  });

  it.each([
    ['another method', 'POST', '/calls/1'],
    ['a longer path', 'GET', '/calls/1/attempts'],
    ['a shorter path', 'GET', '/calls'],
    ['an empty parameter', 'GET', '/calls/'],
    ['another case', 'GET', '/Calls/1'],
  ])('finds nothing for %s', (_what, method, path) => {
    expect(router('GET /calls/{id}').find(method, path)).toBeUndefined();
  });

  it('keeps a segment as it came where it is not correctly percent-encoded', () => {
    expect(router('GET /calls/{id}').find('GET', '/calls/%zz')?.pathParameters).toEqual({ id: '%zz' });
  });
});
