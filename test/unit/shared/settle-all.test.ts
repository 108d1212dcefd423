import { expect, it, vi } from 'vitest';
import { settleAll } from '../../../src/shared/settle-all.ts';

const failing = (message: string) => Promise.reject(new Error(message));

it('gives what each work came to, in order', async () => {
  expect(await settleAll([Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
});

it('throws a single failure as it is, after the others have ended', async () => {
  const ended = vi.fn();
  const slow = Promise.resolve()
    .then(() => Promise.resolve())
    .then(ended);

  await expect(settleAll([failing('Webex is down.'), slow])).rejects.toThrow(/^Webex is down\.$/);
  expect(ended).toHaveBeenCalled();
});

it('tells of several failures in one message, and holds each', async () => {
  const failed = await settleAll([failing('Webex is down.'), failing('The bus is down.')]).catch(
    (error: unknown) => error,
  );

  expect(failed).toBeInstanceOf(AggregateError);
  expect(failed).toMatchObject({ message: 'Webex is down. The bus is down.', errors: [{}, {}] });
});
