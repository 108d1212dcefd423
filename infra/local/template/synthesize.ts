import type { App } from 'aws-cdk-lib';
import { type CfnTemplate, readAssembly, type StackTemplate } from './assembly.ts';

/** Makes the CDK app; `infra/app.ts` exports the project's. */
export type CreateApp<S> = (options: {
  readonly settings: S;
  readonly outdir: string;
  readonly bundles: string;
}) => Promise<App>;

export interface SynthesizeOptions<S> {
  readonly createApp: CreateApp<S>;
  readonly settings: S;
  /** Where the cloud assembly goes. */
  readonly outdir: string;
  /** Where the functions' bundles are built before they become assets. */
  readonly bundles: string;
  /** Changes a template before anything reads it; for tests. */
  readonly transformTemplate?: (stackName: string, template: CfnTemplate) => CfnTemplate;
}

/** Synthesizes the CDK app and reads back what `cdk deploy` would deploy: its stacks, in the order of deployment. */
export const synthesize = async <S>(options: SynthesizeOptions<S>): Promise<readonly StackTemplate[]> => {
  const { createApp, settings, outdir, bundles, transformTemplate } = options;
  const app = await createApp({ settings, outdir, bundles });
  withoutValidation(() => app.synth());
  const stacks = readAssembly(outdir);
  if (transformTemplate === undefined) return stacks;
  return stacks.map((stack) => ({ ...stack, template: transformTemplate(stack.stackName, stack.template) }));
};

/** CDK's check of templates against AWS's rules takes seconds; `cdk synth` and the tests of the infrastructure do it. */
const withoutValidation = (synth: () => unknown): void => {
  const before = process.env['CDK_VALIDATION'];
  process.env['CDK_VALIDATION'] = 'false';
  try {
    synth();
  } finally {
    if (before === undefined) delete process.env['CDK_VALIDATION'];
    else process.env['CDK_VALIDATION'] = before;
  }
};
