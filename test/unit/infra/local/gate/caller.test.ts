import { expect, it } from 'vitest';
import { isLinkExpired } from '../../../../../infra/local/gate/caller.ts';

const signedMs = Date.UTC(2026, 10, 21, 12, 18, 19);
const link = new URLSearchParams('X-Amz-Date=20261121T121819Z&X-Amz-Expires=900&X-Amz-Credential=KEY');

it.each([
  [signedMs, false],
  [signedMs + 900_000, false],
  [signedMs + 900_001, true],
])('a link of 15 minutes is looked at at %i: over %s', (nowMs, isOver) => {
  expect(isLinkExpired(link, nowMs)).toBe(isOver);
});

it('a request that is no link is never over', () => {
  expect(isLinkExpired(new URLSearchParams('x-id=PutObject'), signedMs + 10 * 86_400_000)).toBe(false);
});
