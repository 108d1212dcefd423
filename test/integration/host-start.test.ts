import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import type { Host } from '../../infra/local/host.ts';
import type { CfnTemplate } from '../../infra/local/template/assembly.ts';
import { post, read, startFixture, temporaryFolder } from '../support/host-fixture/start.ts';

const RUN_HOST = fileURLToPath(new URL('../support/host-fixture/run-host.ts', import.meta.url));

/** Changes one resource of the fixture's templates. */
const changing =
  (type: string, change: (properties: Record<string, unknown>) => Record<string, unknown>) =>
  (_stackName: string, template: CfnTemplate): CfnTemplate => ({
    ...template,
    Resources: Object.fromEntries(
      Object.entries(template.Resources ?? {}).map(([id, resource]) => [
        id,
        resource.Type === type ? { ...resource, Properties: change(resource.Properties ?? {}) } : resource,
      ]),
    ),
  });

describe('starting the local host', () => {
  it('refuses a second host on the same data folder', async () => {
    await using folder = await temporaryFolder();
    const host = await startFixture(folder.path);

    const second = startFixture(folder.path);

    await expect(second).rejects.toThrow(/is in use by another host \(process \d+\)/);
    await host.close();
  });

  it('finishes every item that was accepted before kill -9', async () => {
    await using folder = await temporaryFolder();
    const first = await runHost(folder.path);
    const ids = Array.from({ length: 20 }, (_, index) => `item-${index}`);
    const accepted = (
      await Promise.all(ids.map(async (id) => ((await post(first.ready.api, { id })).status === 202 ? [id] : [])))
    ).flat();
    await first.kill();

    const host = await startFixture(folder.path);

    await vi.waitFor(
      async () => {
        const states = await Promise.all(accepted.map(async (id) => (await read(host.ready, id)).state));
        expect(states).toEqual(accepted.map(() => 'done'));
      },
      { timeout: 10_000, interval: 200 },
    );
    expect(accepted).toHaveLength(20);
    await host.close();
  });

  it('keeps the operator token of the first run good after a restart', async () => {
    await using folder = await temporaryFolder();
    const first = await startFixture(folder.path);
    const { operatorToken } = first.ready;
    await first.close();

    const second = await startFixture(folder.path);
    const response = await fetch(`${second.ready.api}/items/none`, {
      headers: { authorization: `Bearer ${operatorToken}` },
    });

    expect(response.status).toBe(404);
    await second.close();
  });

  it('stops with the table and the folder in the message when a table has another definition than the data', async () => {
    await using folder = await temporaryFolder();
    await (await startFixture(folder.path)).close();

    const changed = startFixture(folder.path, {
      transformTemplate: changing('AWS::DynamoDB::Table', (properties) => ({
        ...properties,
        StreamSpecification: { StreamViewType: 'KEYS_ONLY' },
      })),
    });

    await expect(changed).rejects.toThrow(
      `The table FixtureData-Items in ${folder.path} has another stream than the template`,
    );
  });

  it('stops with resource, type and path when the template says something that the host does not know', async () => {
    await using folder = await temporaryFolder();

    const started = startFixture(folder.path, {
      transformTemplate: changing('AWS::SQS::Queue', (properties) => ({
        ...properties,
        RedrivePolicy: { maxReceiveCount: 3, deadLetterTargetArn: 'x', sort: 1 },
      })),
    });

    await expect(started).rejects.toThrow(
      '(AWS::SQS::Queue): the local host does not know the property RedrivePolicy.sort.',
    );
  });

  it('denies a call whose statement was taken out of the role', async () => {
    await using folder = await temporaryFolder();
    const host = await startFixture(folder.path, {
      removeStatement: (statement, principal) =>
        principal.functionName === 'FixtureService-accept' && [statement.Action].flat().includes('dynamodb:PutItem'),
    });

    const response = await post(host.ready.api, { id: 'refused' });

    expect(response.status).toBe(500);
    expect(host.usage()['FixtureService-accept']?.denied).toContainEqual(
      expect.objectContaining({
        action: 'dynamodb:PutItem',
        resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/FixtureData-Items',
      }),
    );
    await host.close();
  });
});

const runHost = async (dataDir: string): Promise<{ ready: Host['ready']; kill(): Promise<void> }> => {
  const child = fork(RUN_HOST, [dataDir], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [ready] = (await once(child, 'message')) as [Host['ready']];
  return {
    ready,
    kill: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
};
