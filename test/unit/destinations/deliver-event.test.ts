import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { deliverEvent } from '../../../src/destinations/deliver-event.ts';
import type { PostAnswer, WebhookSender } from '../../../src/destinations/ports.ts';
import { uploadEventOf } from '../../../src/campaigns/upload-event.ts';

const url = 'https://hooks.example.com/calls';
const [current, previous] = ['A'.repeat(44), 'B'.repeat(44)];
const event = uploadEventOf(
  {
    type: 'upload.finished.v1',
    atMs: Date.now(),
    version: 3,
    data: { id: '0199a3c1-5f0e-7cc3-9d5b-6f1e0a7b8c00', campaign: 'winter' },
  },
  { organizationId: 'org' },
);

const build = (answer: PostAnswer = { outcome: 'answered', status: 204 }) => {
  const posts: Parameters<WebhookSender['post']>[0][] = [];
  const gone = new Map<string, { url: string; untilMs: number }>();
  const clock = { at: Date.now() };
  const deps = {
    destinations: { crm: { url, types: ['upload.finished.v1' as const], timeoutSeconds: 15, concurrency: 2 } },
    secrets: { of: async (): Promise<readonly string[]> => [current] },
    sender: {
      post: async (request: Parameters<WebhookSender['post']>[0]) => {
        posts.push(request);
        return answer;
      },
    },
    gone: {
      goneUntilMs: async (name: string, to: string) => {
        const mark = gone.get(name);
        return mark?.url === to ? mark.untilMs : undefined;
      },
      remember: async (name: string, to: string, untilMs: number) => {
        gone.set(name, { url: to, untilMs });
      },
    },
    worldClock: { nowMs: () => clock.at },
    random: () => 0,
  };
  return { deps, posts, clock };
};

describe('deliverEvent', () => {
  it('posts the event to the very URL, signed so that the reference library takes it', async () => {
    const { deps, posts } = build();

    const delivery = await deliverEvent(deps, 'crm', event, 1);

    expect(delivery).toEqual({ outcome: 'delivered', status: 204 });
    expect(posts).toMatchObject([{ url, timeoutMs: 15_000, headers: { 'webhook-id': event.id } }]);
    const { body = '', headers = {} } = posts[0] ?? {};
    expect(new Webhook(current).verify(body, headers)).toEqual(event);
  });

  it('signs with both secrets while one is changed', async () => {
    const { deps, posts } = build();
    deps.secrets = { of: async () => [current, previous] };

    await deliverEvent(deps, 'crm', event, 1);

    const { body = '', headers = {} } = posts[0] ?? {};
    expect(new Webhook(current).verify(body, headers)).toEqual(event);
    expect(new Webhook(previous).verify(body, headers)).toEqual(event);
  });

  it.each([
    [1, 5],
    [2, 300],
    [3, 1_800],
    [4, 7_200],
    [5, 18_000],
    [6, 36_000],
    [7, 43_000],
    [9, 43_000],
  ])('comes again after delivery %i in %i s', async (deliveries, retryInSeconds) => {
    const { deps } = build({ outcome: 'answered', status: 500 });

    expect(await deliverEvent(deps, 'crm', event, deliveries)).toEqual({
      outcome: 'failed',
      because: 'answered 500',
      retryInSeconds,
    });
  });

  it.each<[string, PostAnswer, number]>([
    ['seconds that are more', { outcome: 'answered', status: 429, retryAfter: '90' }, 90],
    ['seconds that are fewer', { outcome: 'answered', status: 429, retryAfter: '1' }, 5],
    ['what is no time', { outcome: 'answered', status: 503, retryAfter: 'soon' }, 5],
    ['weeks', { outcome: 'answered', status: 503, retryAfter: '9999999' }, 43_000],
    ['no answer at all', { outcome: 'unreachable', because: 'ECONNREFUSED' }, 5],
    ['a redirect', { outcome: 'answered', status: 302 }, 5],
  ])('waits for %s', async (_what, answer, retryInSeconds) => {
    const { deps } = build(answer);

    expect(await deliverEvent(deps, 'crm', event, 1)).toMatchObject({ outcome: 'failed', retryInSeconds });
  });

  it('takes a date for when to come again', async () => {
    const { deps, clock } = build();
    clock.at = Date.UTC(2026, 10, 23, 18);
    deps.sender = {
      post: async () => ({ outcome: 'answered', status: 503, retryAfter: 'Mon, 23 Nov 2026 18:10:00 GMT' }),
    };

    expect(await deliverEvent(deps, 'crm', event, 1)).toMatchObject({ retryInSeconds: 600 });
  });

  it('spreads what failed together', async () => {
    const { deps } = build({ outcome: 'answered', status: 500 });
    deps.random = () => 1;

    expect(await deliverEvent(deps, 'crm', event, 2)).toMatchObject({ retryInSeconds: 330 });
  });

  it('sends nothing for a day to who is gone, asks then, and at once at another URL', async () => {
    const { deps, posts, clock } = build({ outcome: 'answered', status: 410 });
    const first = await deliverEvent(deps, 'crm', event, 1);
    const second = await deliverEvent(deps, 'crm', event, 2);
    const moved = { ...deps, destinations: { crm: { ...deps.destinations.crm, url: 'https://new.example.com/' } } };

    expect([first, second]).toMatchObject([{ outcome: 'gone', retryInSeconds: 43_000 }, { outcome: 'gone' }]);
    expect(posts).toHaveLength(1);
    await deliverEvent(moved, 'crm', event, 3);
    expect(posts.at(-1)?.url).toBe('https://new.example.com/');
    clock.at += 25 * 3_600_000;
    await deliverEvent(deps, 'crm', event, 4);
    expect(posts).toHaveLength(3);
  });
});
