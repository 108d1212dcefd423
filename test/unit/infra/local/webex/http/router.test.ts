import { describe, expect, it } from 'vitest';
import { findRoute } from '../../../../../../infra/local/webex/http/router.ts';

const routes = [
  { method: 'GET', path: '/v1/tasks' },
  { method: 'POST', path: '/v1/tasks' },
  { method: 'GET', path: '/lists/{name}/numbers/{number}' },
];

describe('findRoute', () => {
  it('tells methods of one path apart', () => {
    expect(findRoute(routes, 'POST', '/v1/tasks')?.route).toBe(routes[1]);
  });

  it('decodes path parameters', () => {
    const match = findRoute(routes, 'GET', '/lists/a-b/numbers/%2B14155550132');

    expect(match?.params).toEqual({ name: 'a-b', number: '+14155550132' });
  });

  it.each(['/v1/tasks/', '/v1/tasks/1', '/lists//numbers/1', '/lists/a/numbers/%E0%A4%A', '/other'])(
    'finds nothing for %s',
    (path) => {
      expect(findRoute(routes, 'GET', path)).toBeUndefined();
    },
  );
});
