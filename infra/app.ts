import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Settings } from '../src/settings/schema.ts';
import { bundleFunctions, projectRoot } from './build/bundle-functions.ts';
import { ServiceStack } from './stacks/service-stack.ts';
import { StatefulStack } from './stacks/stateful-stack.ts';

export interface AppOptions {
  readonly settings: Settings;
  /** Cloud assembly. @default the folder that the CDK command names */
  readonly outdir?: string;
  /** Where the bundles are built. @default dist/functions */
  readonly bundles?: string;
}

/** The whole deployment. The command line deploys it; the local host synthesizes the same and runs it. */
export async function createApp({
  settings,
  outdir,
  bundles = join(projectRoot, 'dist/functions'),
}: AppOptions): Promise<App> {
  await bundleFunctions(bundles, settings);
  const app = new App({
    ...(outdir && { outdir }),
    analyticsReporting: false,
    context: { '@aws-cdk/core:defaultCrossStackReferences': 'strong' },
  });
  const stateful = new StatefulStack(app, 'RingbackStateful', {
    description: 'Ringback: tables, secret and queues.',
    settings,
  });
  new ServiceStack(app, 'RingbackService', {
    description: 'Ringback: API and functions.',
    stateful,
    settings,
    bundles,
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
