import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { expect, it } from 'vitest';
import { startSecretsManager } from '../../infra/local/services/secrets-manager.ts';
import { SecretsManagerVersions } from '../../src/adapters/secrets/secret-versions.ts';
import { Prng } from '../support/prng.ts';
import { SimulatedSecret } from './model/secret.ts';

const secretId = 'webex';
const rotationFunction = 'arn:aws:lambda:us-east-1:000000000000:function:rotate-token';
const versionIds = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(32));
const values = ['one', 'two'].map((accessToken) => JSON.stringify({ accessToken }));
const stepsCount = 400;
const expectedOutcomes = ['"written"', '"exists"', 'refused', 'AWSPREVIOUS', 'AWSPENDING', 'made current', 'unstaged'];

/** One step for both, and what each answers to it. */
interface Step {
  readonly what: string;
  readonly modelled: () => unknown;
  readonly stored: () => Promise<unknown>;
}

/** What the simulation builds on: its model of the secret does what Secrets Manager's stand-in does, through the real adapter. */
it('the model of the secret answers as Secrets Manager does to the same random steps', {
  timeout: 60_000,
}, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'ringback-secret-'));
  const service = await startSecretsManager({
    dataDir,
    region: 'us-east-1',
    accountId: '000000000000',
    clock: { nowMs: () => Date.UTC(2026, 10, 20) },
    // The steps are this test's own; the service only stages the version.
    invokeRotation: () => Promise.reject(new Error('not now')),
    onRotation: () => undefined,
  });
  const client = new SecretsManagerClient({
    region: 'us-east-1',
    endpoint: service.url.href,
    credentials: { accessKeyId: 'K', secretAccessKey: 's' },
    maxAttempts: 1,
  });
  try {
    const first = { versionId: '0'.repeat(32), value: values[0] ?? '' };
    await client.send(
      new CreateSecretCommand({ Name: secretId, ClientRequestToken: first.versionId, SecretString: first.value }),
    );
    const draw = stepsOf(new SimulatedSecret(first), client, [first.versionId, ...versionIds]);
    const seen = new Set<string>();

    for (let step = 0; step < stepsCount; step += 1) {
      const { what, modelled, stored } = draw();
      const answer = await outcomeOf(modelled);
      expect(await outcomeOf(stored), `step ${step}: ${what}`).toEqual(answer);
      seen.add(JSON.stringify(answer));
    }

    const all = [...seen].join('\n');
    for (const outcome of expectedOutcomes) expect(all).toContain(outcome);
  } finally {
    client.destroy();
    await service.close();
    await rm(dataDir, { recursive: true });
  }
});

function stepsOf(model: SimulatedSecret, client: SecretsManagerClient, ids: readonly string[]): () => Step {
  const chance = new Prng('secret parity');
  const store = new SecretsManagerVersions(client, secretId);
  return () => {
    const [id, value] = [chance.pick(ids), chance.pick(values)];
    const current = [...model.stages()].find(([, stages]) => stages.includes('AWSCURRENT'))?.[0] ?? '';
    switch (chance.int(0, 7)) {
      case 0:
        return { what: 'current', modelled: () => model.current(), stored: () => store.current() };
      case 1:
        return { what: 'stages', modelled: () => told(model.stages()), stored: async () => told(await store.stages()) };
      case 2:
        return { what: `pending ${id}`, modelled: () => model.pending(id), stored: () => store.pending(id) };
      case 3:
        return {
          what: `put ${id}`,
          modelled: () => model.putPending(id, value),
          stored: () => store.putPending(id, value),
        };
      case 4: {
        const insteadOf = chance.chance(0.7) ? current : chance.pick(ids);
        return {
          what: `make ${id} current instead of ${insteadOf}`,
          modelled: () => (model.makeCurrent(id, insteadOf), 'made current'),
          stored: async () => (await store.makeCurrent(id, insteadOf), 'made current'),
        };
      }
      case 5:
        return {
          what: `unstage ${id}`,
          modelled: () => (model.dropPending(id), 'unstaged'),
          stored: async () => (await store.dropPending(id), 'unstaged'),
        };
      case 6:
        return signInStep(model, client, `s${chance.int(0, 1_000_000)}`.padEnd(32, '-'), value);
      default:
        return rotateStep(model, client, id);
    }
  };
}

const signInStep = (model: SimulatedSecret, client: SecretsManagerClient, id: string, value: string): Step => ({
  what: `sign in as ${id}`,
  modelled: () => (model.putCurrent(id, value), 'signed in'),
  stored: async () => {
    const put = { SecretId: secretId, ClientRequestToken: id, SecretString: value, VersionStages: ['AWSCURRENT'] };
    await client.send(new PutSecretValueCommand(put));
    return 'signed in';
  },
});

/** A rotation that stands already is the driver's affair, not the versions'. */
function rotateStep(model: SimulatedSecret, client: SecretsManagerClient, id: string): Step {
  const stands = model.unfinished() !== undefined;
  return {
    what: `rotate as ${id}`,
    modelled: () => (stands ? 'stands' : (model.stage(id), 'staged')),
    stored: async () => {
      if (stands) return 'stands';
      const rotate = { SecretId: secretId, ClientRequestToken: id, RotationLambdaARN: rotationFunction };
      await client.send(new RotateSecretCommand({ ...rotate, RotationRules: { AutomaticallyAfterDays: 30 } }));
      return 'staged';
    },
  };
}

const told = (stages: ReadonlyMap<string, readonly string[]>): unknown =>
  Object.fromEntries([...stages].map(([id, labels]) => [id, labels.toSorted()]));

async function outcomeOf(step: () => unknown): Promise<unknown> {
  try {
    return await step();
  } catch {
    return 'refused';
  }
}
