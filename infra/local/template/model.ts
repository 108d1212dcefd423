import { basename } from 'node:path';
import type * as z from 'zod';
import type { StackTemplate } from './assembly.ts';
import { TemplateError } from './errors.ts';
import { type ResolvedResource, TemplateResolver } from './resolver.ts';
import { type PropertiesOf, RESOURCE_TYPES, type ResourceType } from './types/index.ts';

/** A resource with its properties checked against the table of known types. */
export interface Resource<T extends ResourceType = ResourceType> {
  readonly type: T;
  readonly stackName: string;
  readonly logicalId: string;
  /** Construct path, for messages. */
  readonly path: string;
  readonly properties: PropertiesOf<T>;
  readonly ref: string;
  attribute(name: string): string;
}

/** CDK's own providers are Lambda functions that CloudFormation calls while it deploys; the host does their work itself. */
const isCustomResource = (type: string): boolean => type.startsWith('Custom::');

/** What the template says, resolved and checked: the only source from which the local host wires anything. */
export class TemplateModel {
  readonly #resources: readonly Resource[];
  readonly #assets: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, unknown>;

  private constructor(
    resources: readonly Resource[],
    assets: ReadonlyMap<string, string>,
    outputs: ReadonlyMap<string, unknown>,
  ) {
    this.#resources = resources;
    this.#assets = assets;
    this.outputs = outputs;
  }

  /** @throws {TemplateError} that names the resource, its type and the property that the host does not know. */
  static from(stacks: readonly StackTemplate[]): TemplateModel {
    const resolver = new TemplateResolver(stacks);
    const resolved = resolver.resources();
    const providers = new Set(
      resolved.filter(({ type }) => isCustomResource(type)).map(({ properties }) => properties['ServiceToken']),
    );
    const isProvider = (resource: ResolvedResource): boolean =>
      resource.type === 'AWS::Lambda::Function' && providers.has(resource.attribute('Arn'));
    const assets = new Map(stacks.flatMap((stack) => [...stack.assets]));
    return new TemplateModel(
      resolved.filter((resource) => !isProvider(resource)).map(checkResource),
      assets,
      resolver.outputs(),
    );
  }

  /** All resources of one type, in the order of the template. */
  of<T extends ResourceType>(type: T): readonly Resource<T>[] {
    return this.#resources.filter((resource): resource is Resource<T> => resource.type === type);
  }

  /** Absolute folder of a code asset. */
  assetDirectory(objectKey: string, path: string): string {
    const directory = this.#assets.get(objectKey);
    if (directory !== undefined) return directory;
    throw new TemplateError(`${path}: its code ${basename(objectKey)} is not among the assets of the assembly.`);
  }
}

const checkResource = (resource: ResolvedResource): Resource => {
  if (!isKnown(resource.type)) {
    throw new TemplateError(`${resource.path}: the resource type ${resource.type} is not known to the local host.`);
  }
  const checked = RESOURCE_TYPES[resource.type].safeParse(resource.properties);
  if (!checked.success) {
    const problems = checked.error.issues.map((issue) => describeIssue(issue, [])).join('; ');
    throw new TemplateError(`${resource.path} (${resource.type}): ${problems}.`);
  }
  return {
    type: resource.type,
    stackName: resource.stackName,
    logicalId: resource.logicalId,
    path: resource.path,
    properties: checked.data,
    ref: resource.ref,
    attribute: (name) => resource.attribute(name),
  };
};

const isKnown = (type: string): type is ResourceType => type in RESOURCE_TYPES;

const describeIssue = (issue: z.core.$ZodIssue, prefix: readonly PropertyKey[]): string => {
  const path = [...prefix, ...issue.path];
  const place = path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => [...path, key].map(String).join('.'));
    return `the local host does not know the ${keys.length === 1 ? 'property' : 'properties'} ${keys.join(', ')}`;
  }
  if (issue.code === 'invalid_type' && issue.expected === 'never')
    return `the local host does not know the property ${place}`;
  return `the property ${place} ${lowerFirst(issue.message)}`;
};

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
