import { expect, it } from 'vitest';
import { ListWatch } from '../../../src/campaigns/list-watch.ts';

function watch(answers: readonly ({ count: number } | undefined)[]) {
  const clock = { at: 0, nowMs: () => clock.at };
  const asked: string[] = [];
  const ask = async (campaign: string, list: string) => {
    asked.push(`${campaign} ${list}`);
    return answers[asked.length - 1];
  };
  return { clock, asked, lists: new ListWatch({ ask, clock }) };
}

it('asks Webex once in 30 s for a list, however many look', async () => {
  const { clock, asked, lists } = watch([{ count: 10 }, { count: 20 }]);

  const first = await lists.see('spring', '1');
  clock.at = 29_999;
  const second = await lists.see('spring', '1');
  clock.at = 30_000;
  const third = await lists.see('spring', '1');

  expect([first, second, third]).toEqual([{ count: 10 }, { count: 10 }, { count: 20 }]);
  expect(asked).toHaveLength(2);
});

it('asks once for those who look at the same moment', async () => {
  const { asked, lists } = watch([{ count: 10 }]);

  await Promise.all([lists.see('spring', '1'), lists.see('spring', '1')]);

  expect(asked).toHaveLength(1);
});

it('tells what it knew where Webex does not answer, and tells lists apart', async () => {
  const { clock, asked, lists } = watch([{ count: 10 }, undefined, { count: 5 }]);

  await lists.see('spring', '1');
  clock.at = 60_000;
  const known = await lists.see('spring', '1');
  const other = await lists.see('spring', '2');

  expect([known, other]).toEqual([{ count: 10 }, { count: 5 }]);
  expect(asked).toEqual(['spring 1', 'spring 1', 'spring 2']);
});
