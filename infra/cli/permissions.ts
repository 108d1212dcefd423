/** `npm run permissions`: what the roles of the template were refused, and what they grant that no test used. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grantReasonsKey } from '../constructs/ringback-function.ts';
import { type Usage, mergeUsage, readUsage } from '../local/gate/index.ts';
import { loadSettings } from '../local/runtime/settings.ts';
import type { StackTemplate } from '../local/template/assembly.ts';
import { TemplateModel } from '../local/template/model.ts';
import { principalsOf } from '../local/template/principals.ts';
import { synthesize } from '../local/template/synthesize.ts';
import { type GrantedRole, describeReport, reportPermissions } from './permissions-report.ts';
import { usageFolder } from './usage-folder.ts';

/** The usage of all stacks of the last test run; undefined where there was none. */
export function usageOfTestRun(folder: string = usageFolder): Usage | undefined {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
  return files.length === 0 ? undefined : mergeUsage(...files.map((file) => readUsage(join(folder, file))));
}

/** The roles of the template as `cdk deploy` would make them from these stacks. */
export function grantedRoles(stacks: readonly StackTemplate[]): readonly GrantedRole[] {
  const model = TemplateModel.from(stacks);
  const reasonsByArn = new Map(
    model.of('AWS::IAM::Role').map((role) => {
      const template = stacks.find(({ stackName }) => stackName === role.stackName)?.template;
      const reasons = template?.Resources?.[role.logicalId]?.Metadata?.[grantReasonsKey];
      return [role.attribute('Arn'), (reasons ?? {}) as Readonly<Record<string, string>>];
    }),
  );
  const titles = new Map(
    [...model.of('AWS::Lambda::Function'), ...model.of('AWS::IAM::Role')].map((resource) => [
      resource.ref,
      resource.path.replace(/\/(Function|Resource)$/, ''),
    ]),
  );
  return principalsOf(model).map(({ functionName, roleArn, statements }) => ({
    name: functionName,
    title: titles.get(functionName) ?? functionName,
    statements,
    reasons: reasonsByArn.get(roleArn) ?? {},
  }));
}

async function synthesized(): Promise<readonly StackTemplate[]> {
  const { createApp } = await import('../app.ts');
  const folder = await mkdtemp(join(tmpdir(), 'ringback-permissions-'));
  try {
    const places = { outdir: join(folder, 'assembly'), bundles: join(folder, 'bundles') };
    return await synthesize({ createApp, settings: await loadSettings(), ...places });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns the exit code: 0 nothing to explain; 1 a denial or an unused grant without a reason; 2 no test run to judge by. */
async function runPermissions(): Promise<number> {
  const usage = usageOfTestRun();
  if (!usage) {
    process.stderr.write('No test has left its usage in .ringback/usage yet; run npm test first.\n');
    return 2;
  }
  const report = reportPermissions(grantedRoles(await synthesized()), usage);
  console.table(report.roles);
  for (const line of describeReport(report)) process.stdout.write(`${line}\n`);
  return report.denied.length + report.unused.length > 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = await runPermissions();
