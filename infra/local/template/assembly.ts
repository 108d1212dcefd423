import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { TemplateError } from './errors.ts';

/** A CloudFormation template as CDK wrote it, intrinsic functions unresolved. */
export interface CfnTemplate {
  readonly Resources?: Record<string, CfnResource>;
  readonly Parameters?: Record<string, { readonly Default?: unknown }>;
  readonly Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  readonly Conditions?: Record<string, unknown>;
  readonly Outputs?: Record<string, CfnOutput>;
  readonly Rules?: unknown;
}

export interface CfnResource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
}

export interface CfnOutput {
  readonly Value: unknown;
  readonly Condition?: string;
  readonly Export?: { readonly Name: unknown };
}

/** One stack of the cloud assembly, with what the assembly knows beside the template. */
export interface StackTemplate {
  readonly stackName: string;
  readonly template: CfnTemplate;
  /** Construct path without the leading slash and the trailing `/Resource`, by logical id. */
  readonly constructPaths: ReadonlyMap<string, string>;
  /** Absolute path of a code asset, by the object key that the template names (`<hash>.zip`). */
  readonly assets: ReadonlyMap<string, string>;
}

const MetadataSchema = z.record(z.string(), z.array(z.looseObject({ type: z.string(), data: z.unknown().optional() })));

const ManifestSchema = z.looseObject({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      environment: z.string().optional(),
      dependencies: z.array(z.string()).optional(),
      properties: z.looseObject({ templateFile: z.string().optional(), stackName: z.string().optional() }).optional(),
      metadata: MetadataSchema.optional(),
      additionalMetadataFile: z.string().optional(),
    }),
  ),
});

const AssetManifestSchema = z.looseObject({
  files: z
    .record(
      z.string(),
      z.looseObject({
        source: z.looseObject({ path: z.string(), packaging: z.string() }),
        destinations: z.record(z.string(), z.looseObject({ objectKey: z.string() })),
      }),
    )
    .optional(),
});

type Artifact = z.infer<typeof ManifestSchema>['artifacts'][string];

/**
 * Reads all stacks of a cloud assembly, each after the stacks that it depends on.
 * @throws {TemplateError} where the folder holds no assembly or the stacks depend on each other in a circle.
 */
export const readAssembly = (directory: string): readonly StackTemplate[] => {
  const manifestFile = join(directory, 'manifest.json');
  if (!existsSync(manifestFile))
    throw new TemplateError(`${directory} holds no cloud assembly (manifest.json is missing).`);
  const { artifacts } = ManifestSchema.parse(readJson(manifestFile));
  return dependencyOrder(artifacts).map(([id, artifact]) => readStack(directory, id, artifact));
};

const dependencyOrder = (artifacts: Readonly<Record<string, Artifact>>): [string, Artifact][] => {
  const ordered: [string, Artifact][] = [];
  const state = new Map<string, 'visiting' | 'done'>();
  const visit = (id: string): void => {
    const artifact = artifacts[id];
    if (artifact === undefined || state.get(id) === 'done') return;
    if (state.get(id) === 'visiting') throw new TemplateError(`Stack ${id} depends on itself through other stacks.`);
    state.set(id, 'visiting');
    for (const dependency of artifact.dependencies ?? []) visit(dependency);
    state.set(id, 'done');
    if (artifact.type === 'cdk:cloud-assembly') {
      throw new TemplateError(`${id} is a nested assembly (a CDK Stage), which the local host does not run.`);
    }
    if (artifact.type === 'aws:cloudformation:stack') ordered.push([id, artifact]);
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return ordered;
};

const readStack = (directory: string, id: string, artifact: Artifact): StackTemplate => {
  const templateFile = artifact.properties?.templateFile;
  if (templateFile === undefined) throw new TemplateError(`Stack ${id} has no template file in the assembly.`);
  const metadata = {
    ...artifact.metadata,
    ...(artifact.additionalMetadataFile === undefined
      ? {}
      : MetadataSchema.parse(readJson(join(directory, artifact.additionalMetadataFile)))),
  };
  return {
    stackName: artifact.properties?.stackName ?? id,
    template: readJson(join(directory, templateFile)) as CfnTemplate,
    constructPaths: constructPathsOf(metadata),
    assets: assetsOf(directory, join(directory, `${id}.assets.json`)),
  };
};

const constructPathsOf = (metadata: z.infer<typeof MetadataSchema>): Map<string, string> => {
  const paths = new Map<string, string>();
  for (const [path, entries] of Object.entries(metadata)) {
    for (const entry of entries) {
      if (entry.type !== 'aws:cdk:logicalId' || typeof entry.data !== 'string') continue;
      paths.set(entry.data, path.replace(/^\//, '').replace(/\/(Resource|Default)$/, ''));
    }
  }
  return paths;
};

const assetsOf = (directory: string, manifestFile: string): Map<string, string> => {
  const assets = new Map<string, string>();
  if (!existsSync(manifestFile)) return assets;
  for (const file of Object.values(AssetManifestSchema.parse(readJson(manifestFile)).files ?? {})) {
    for (const destination of Object.values(file.destinations)) {
      assets.set(destination.objectKey, join(directory, file.source.path));
    }
  }
  return assets;
};

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
