import { expect, it } from 'vitest';
import { SecretsManagerSigningSecrets } from '../../../../src/adapters/secrets/signing-secrets.ts';

const build = (values: readonly (string | Error)[]) => {
  const clock = { at: 0 };
  let reads = 0;
  const client = {
    send: async () => {
      const value = values[Math.min(reads, values.length - 1)];
      reads += 1;
      if (value instanceof Error) throw value;
      return { SecretString: value };
    },
  };
  const secrets = new SecretsManagerSigningSecrets(client as never, { crm: 'arn' }, { nowMs: () => clock.at });
  return { secrets, clock, reads: () => reads };
};
const both = JSON.stringify({ current: 'c'.repeat(44), previous: 'p'.repeat(44) });

it('gives the current secret first, and reads it once a minute', async () => {
  const { secrets, clock, reads } = build([both, JSON.stringify({ current: 'n'.repeat(44) })]);

  const first = await Promise.all([secrets.of('crm'), secrets.of('crm')]);
  clock.at = 59_999;
  const cached = await secrets.of('crm');
  const readsSoFar = reads();
  clock.at = 60_000;
  const changed = await secrets.of('crm');

  expect(first[0]).toEqual(['c'.repeat(44), 'p'.repeat(44)]);
  expect([cached, readsSoFar]).toEqual([first[0], 1]);
  expect(changed).toEqual(['n'.repeat(44)]);
});

it('asks again after a failure', async () => {
  const { secrets } = build([new Error('throttled'), both]);

  await expect(secrets.of('crm')).rejects.toThrow('throttled');
  expect(await secrets.of('crm')).toHaveLength(2);
});

it.each(['', 'secret', '{}', '{"current":"short"}', '{"current":7}'])(
  'refuses %o without telling it',
  async (value) => {
    const { secrets } = build([value]);

    await expect(secrets.of('crm')).rejects.toThrow(
      'The secret of crm must be {"current": "…"} of at least 16 characters.',
    );
  },
);

it('knows no other name', async () => {
  await expect(build([both]).secrets.of('constructor')).rejects.toThrow();
});
