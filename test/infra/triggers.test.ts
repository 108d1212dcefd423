import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../infra/app.ts';
import sample from '../../ringback.config.ts';
import { defineConfig } from '../../src/settings/define-config.ts';
import type { SettingsInput } from '../../src/settings/schema.ts';

const { crm } = (sample as SettingsInput).triggers?.sources ?? {};
if (!crm) throw new Error('The sample settings have no source crm.');
const settings = defineConfig({
  ...(sample as SettingsInput),
  triggers: { sources: { crm } },
  events: {
    destinations: {
      crm: { url: 'https://hooks.example.com/calls', types: ['call.completed.v1', 'call.failed.v1'], concurrency: 3 },
      'data-lake': { url: 'https://lake.example.com/', types: ['upload.finished.v1'] },
    },
  },
});

let folder: string;
let assembly: CloudAssembly;
const template = (stack: string): Template =>
  Template.fromJSON(assembly.getStackByName(stack).template as Record<string, unknown>);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-infra-triggers-'));
  const app = await createApp({ settings, outdir: join(folder, 'assembly'), bundles: join(folder, 'bundles') });
  assembly = app.synth();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a deployment with triggers and destinations', () => {
  it('passes cdk-nag', async () => {
    const report = JSON.parse(await readFile(join(assembly.directory, 'validation-report.json'), 'utf8')) as {
      pluginReports: { violations: unknown[] }[];
    };

    expect(report.pluginReports.length).toBeGreaterThan(0);
    for (const plugin of report.pluginReports) expect(plugin.violations).toEqual([]);
  });

  it('hands each destination the types that it asked for, with a queue of nine tries', () => {
    const stateful = template('RingbackStateful');

    stateful.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['ringback'], 'detail-type': ['call.completed.v1', 'call.failed.v1'] },
      Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
    });
    const tries = Object.values(stateful.findResources('AWS::SQS::Queue')).map(
      (queue) => (queue as { Properties: { RedrivePolicy?: { maxReceiveCount: number } } }).Properties.RedrivePolicy,
    );
    expect(tries.filter((redrive) => redrive?.maxReceiveCount === 9)).toHaveLength(2);
  });

  it('limits how many events are posted at the same time, one an invocation', () => {
    const mappings = Object.values(template('RingbackService').findResources('AWS::Lambda::EventSourceMapping')) as {
      Properties: { BatchSize: number; ScalingConfig?: { MaximumConcurrency: number } };
    }[];
    const single = mappings.filter(({ Properties }) => Properties.BatchSize === 1 && Properties.ScalingConfig);

    expect(single.map(({ Properties }) => Properties.ScalingConfig?.MaximumConcurrency)).toEqual(
      expect.arrayContaining([3, 2]),
    );
  });

  it('keeps a secret of its own for each source and destination, and lets one function read them', () => {
    const secrets = template('RingbackStateful').findResources('AWS::SecretsManager::Secret', {
      Properties: { GenerateSecretString: { GenerateStringKey: 'current', ExcludePunctuation: true } },
    });
    const statements = Object.values(template('RingbackService').findResources('AWS::IAM::Policy')).flatMap(
      (policy) =>
        (policy as { Properties: { PolicyDocument: { Statement: { Sid: string; Resource: unknown }[] } } }).Properties
          .PolicyDocument.Statement,
    );
    const reading = statements.filter(({ Sid }) => Sid === 'ReadTriggerSecrets' || Sid === 'ReadDestinationSecrets');

    const policies = Object.values(secrets).map((secret) => (secret as { DeletionPolicy: string }).DeletionPolicy);
    expect(new Set(policies)).toEqual(new Set(['Retain']));
    expect(reading.map(({ Resource }) => [Resource].flat().length)).toEqual([1, 2]);
  });

  it('has those who follow a table to tell others say what they gave up', () => {
    const mappings = Object.values(template('RingbackService').findResources('AWS::Lambda::EventSourceMapping'));

    expect(
      mappings.filter((mapping) => JSON.stringify(mapping).includes('"DestinationConfig":{"OnFailure"')),
    ).toHaveLength(3);
  });

  it('has nothing for contacts where no source adds any', () => {
    const service = JSON.stringify(template('RingbackService').toJSON());

    expect(service).toContain('ReadTriggerSecrets');
    expect(service).not.toContain('AddContacts');
    expect(service).not.toContain('GatherContacts');
    expect(service).not.toContain('BATCH_QUEUE_URL');
  });
});
