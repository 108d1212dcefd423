import type { CfnTemplate, StackTemplate } from '../../../../../infra/local/template/assembly.ts';

/** A stack as the assembly would give it. */
export const stack = (template: CfnTemplate, more: Partial<StackTemplate> = {}): StackTemplate => ({
  stackName: 'Stack',
  template,
  constructPaths: new Map(),
  assets: new Map(),
  ...more,
});

/** A stack whose only resource is of one type. */
export const stackWith = (type: string, properties: Record<string, unknown>): StackTemplate =>
  stack({ Resources: { Thing: { Type: type, Properties: properties } } });
