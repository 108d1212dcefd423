import type { CfnResource, StackTemplate } from './assembly.ts';
import { TemplateError } from './errors.ts';
import { IDENTITIES, type IdentityContext } from './identities.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION, stableId } from './names.ts';

/** A resource whose properties are plain values, without intrinsic functions. */
export interface ResolvedResource {
  readonly stackName: string;
  readonly logicalId: string;
  /** Construct path, or stack and logical id where the assembly gives no path; used in messages. */
  readonly path: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** What `Ref` answers. */
  readonly ref: string;
  /** What `Fn::GetAtt` answers. @throws {TemplateError} for an attribute that the host does not know. */
  attribute(name: string): string;
}

const NO_VALUE = Symbol('AWS::NoValue');
type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Turns the stacks of one app into plain values: references, conditions, mappings, exports and pseudo parameters, with
 * stable made-up ARNs in one local account.
 */
export class TemplateResolver {
  readonly #stacks: ReadonlyMap<string, StackScope>;
  readonly #exports = new Map<string, { scope: StackScope; value: unknown }>();

  constructor(stacks: readonly StackTemplate[]) {
    this.#stacks = new Map(
      stacks.map((stack) => [stack.stackName, new StackScope(stack, (name) => this.#import(name))]),
    );
    for (const scope of this.#stacks.values()) {
      for (const output of Object.values(scope.stack.template.Outputs ?? {})) {
        if (output.Export === undefined || !scope.isPresent(output.Condition)) continue;
        this.#exports.set(scope.text(output.Export.Name, 'the name of an export'), { scope, value: output.Value });
      }
    }
  }

  /** All resources whose condition holds, stack by stack in the order given. */
  resources(): readonly ResolvedResource[] {
    return [...this.#stacks.values()].flatMap((scope) => scope.resources());
  }

  /** All outputs by `<stack>.<output>`. */
  outputs(): ReadonlyMap<string, unknown> {
    const outputs = new Map<string, unknown>();
    for (const [stackName, scope] of this.#stacks) {
      for (const [name, output] of Object.entries(scope.stack.template.Outputs ?? {})) {
        if (scope.isPresent(output.Condition)) outputs.set(`${stackName}.${name}`, scope.evaluate(output.Value));
      }
    }
    return outputs;
  }

  #import(name: string): unknown {
    const found = this.#exports.get(name);
    if (found === undefined) throw new TemplateError(`No stack exports "${name}", which another stack imports.`);
    return found.scope.evaluate(found.value);
  }
}

class StackScope {
  readonly stack: StackTemplate;
  readonly #importValue: (name: string) => unknown;
  readonly #conditions = new Map<string, boolean>();
  /** Resources whose identity is being computed, to tell a circle of references from a deep one. */
  readonly #inProgress = new Set<string>();

  constructor(stack: StackTemplate, importValue: (name: string) => unknown) {
    this.stack = stack;
    this.#importValue = importValue;
  }

  resources(): ResolvedResource[] {
    return Object.entries(this.stack.template.Resources ?? {})
      .filter(([, resource]) => this.isPresent(resource.Condition))
      .map(([logicalId, resource]) => this.#resolveResource(logicalId, resource));
  }

  isPresent(condition: string | undefined): boolean {
    return condition === undefined || this.#condition(condition);
  }

  /** Evaluates a value of the template; what resolves to `AWS::NoValue` at the top is `undefined`. */
  evaluate(value: unknown): unknown {
    const result = this.#evaluate(value);
    return result === NO_VALUE ? undefined : result;
  }

  text(value: unknown, what: string): string {
    const result = this.evaluate(value);
    if (typeof result === 'string' || typeof result === 'number' || typeof result === 'boolean') return String(result);
    throw new TemplateError(
      `In stack ${this.stack.stackName}, ${what} must be text, but is ${JSON.stringify(result)}.`,
    );
  }

  #resolveResource(logicalId: string, resource: CfnResource): ResolvedResource {
    const path = this.stack.constructPaths.get(logicalId) ?? `${this.stack.stackName}/${logicalId}`;
    try {
      return {
        stackName: this.stack.stackName,
        logicalId,
        path,
        type: resource.Type,
        properties: (this.evaluate(resource.Properties ?? {}) ?? {}) as Record<string, unknown>,
        ref: this.#identity(logicalId, undefined),
        attribute: (name) => this.#identity(logicalId, name),
      };
    } catch (error) {
      if (!(error instanceof TemplateError) || error.message.startsWith(path)) throw error;
      throw new TemplateError(`${path} (${resource.Type}): ${error.message}`, { cause: error });
    }
  }

  #evaluate(value: unknown): unknown {
    if (typeof value === 'string') return this.#literal(value);
    if (Array.isArray(value)) return value.map((item) => this.#evaluate(item)).filter((item) => item !== NO_VALUE);
    if (!isNode(value)) return value;
    const keys = Object.keys(value);
    const only = keys[0];
    if (keys.length === 1 && only !== undefined && (only === 'Ref' || only.startsWith('Fn::'))) {
      return this.#intrinsic(only, value[only]);
    }
    const entries = Object.entries(value).map(([key, item]) => [key, this.#evaluate(item)] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== NO_VALUE));
  }

  #literal(value: string): string {
    if (!value.includes('{{resolve:')) return value;
    throw new TemplateError(
      `The dynamic reference ${value} is resolved by CloudFormation only; the local host cannot.`,
    );
  }

  #intrinsic(name: string, argument: unknown): unknown {
    switch (name) {
      case 'Ref':
        return this.#reference(this.text(argument, 'the argument of Ref'));
      case 'Fn::GetAtt':
        return this.#getAttribute(argument);
      case 'Fn::Join':
        return this.#join(argument);
      case 'Fn::Sub':
        return this.#substitute(argument);
      case 'Fn::Select':
        return this.#select(argument);
      case 'Fn::Split': {
        const [separator, text] = this.#list(argument, name);
        return this.text(text, 'the text of Fn::Split').split(this.text(separator, 'the separator of Fn::Split'));
      }
      case 'Fn::ImportValue':
        return this.#importValue(this.text(argument, 'the argument of Fn::ImportValue'));
      case 'Fn::If': {
        const [condition, yes, no] = rawList(argument, name);
        return this.#evaluate(this.#condition(String(condition)) ? yes : no);
      }
      case 'Fn::FindInMap':
        return this.#findInMap(argument);
      case 'Fn::Base64':
        return Buffer.from(this.text(argument, 'the argument of Fn::Base64')).toString('base64');
      case 'Fn::GetAZs':
        return ['a', 'b', 'c'].map((zone) => `${LOCAL_REGION}${zone}`);
      default:
        throw new TemplateError(`The intrinsic function ${name} is not known to the local host.`);
    }
  }

  #reference(name: string): unknown {
    switch (name) {
      case 'AWS::NoValue':
        return NO_VALUE;
      case 'AWS::AccountId':
        return LOCAL_ACCOUNT;
      case 'AWS::Region':
        return LOCAL_REGION;
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      case 'AWS::StackName':
        return this.stack.stackName;
      case 'AWS::StackId':
        return `arn:aws:cloudformation:${LOCAL_REGION}:${LOCAL_ACCOUNT}:stack/${this.stack.stackName}/${stableId(this.stack.stackName, 32)}`;
      case 'AWS::NotificationARNs':
        return [];
    }
    const parameter = this.stack.template.Parameters?.[name];
    if (parameter === undefined) return this.#identity(name, undefined);
    if (parameter.Default === undefined) {
      throw new TemplateError(
        `Parameter ${name} of stack ${this.stack.stackName} has no default, and nobody is asked for one here.`,
      );
    }
    return parameter.Default;
  }

  #getAttribute(argument: unknown): string {
    const parts = typeof argument === 'string' ? argument.split('.') : rawList(argument, 'Fn::GetAtt').map(String);
    const [logicalId, ...attribute] = parts;
    return this.#identity(String(logicalId), attribute.join('.'));
  }

  #identity(logicalId: string, attribute: string | undefined): string {
    const resource = this.stack.template.Resources?.[logicalId];
    if (resource === undefined || !this.isPresent(resource.Condition)) {
      throw new TemplateError(`Stack ${this.stack.stackName} refers to ${logicalId}, which it does not hold.`);
    }
    const path = this.stack.constructPaths.get(logicalId) ?? `${this.stack.stackName}/${logicalId}`;
    const identity = IDENTITIES[resource.Type];
    if (identity === undefined) {
      throw new TemplateError(`${path}: the resource type ${resource.Type} is not known to the local host.`);
    }
    const answer = attribute === undefined ? identity.ref : identity.attributes[attribute];
    if (answer === undefined) {
      throw new TemplateError(`${path} (${resource.Type}): the attribute ${attribute} is not known to the local host.`);
    }
    return this.#guarded(`${logicalId}.${attribute ?? ''}`, () =>
      answer(this.#identityContext(logicalId, path, resource)),
    );
  }

  #guarded(key: string, compute: () => string): string {
    if (this.#inProgress.has(key)) throw new TemplateError(`${key} refers to itself in stack ${this.stack.stackName}.`);
    this.#inProgress.add(key);
    try {
      return compute();
    } finally {
      this.#inProgress.delete(key);
    }
  }

  #identityContext(logicalId: string, path: string, resource: CfnResource): IdentityContext {
    return {
      stackName: this.stack.stackName,
      logicalId,
      generatedName: [this.stack.stackName, ...path.split('/').slice(1)].join('-').replaceAll(/[^\w-]/g, ''),
      property: (name) => this.evaluate(resource.Properties?.[name]),
    };
  }

  #join(argument: unknown): string {
    const [separator, items] = this.#list(argument, 'Fn::Join');
    if (!Array.isArray(items)) throw new TemplateError('Fn::Join needs a list as its second argument.');
    return items
      .map((item) => this.text(item, 'a part of Fn::Join'))
      .join(this.text(separator, 'the separator of Fn::Join'));
  }

  #substitute(argument: unknown): string {
    const [template, variables] = typeof argument === 'string' ? [argument, {}] : rawList(argument, 'Fn::Sub');
    const values = isNode(variables) ? variables : {};
    return String(template).replaceAll(/\$\{(!?)([^}]+)\}/g, (_match, literal: string, name: string) => {
      if (literal === '!') return `\${${name}}`;
      if (name in values) return this.text(values[name], `the variable ${name} of Fn::Sub`);
      return name.includes('.')
        ? this.#getAttribute(name)
        : this.text({ Ref: name }, `the reference ${name} of Fn::Sub`);
    });
  }

  #select(argument: unknown): unknown {
    const [index, items] = this.#list(argument, 'Fn::Select');
    const item = Array.isArray(items) ? items[Number(index)] : undefined;
    if (item === undefined)
      throw new TemplateError(`Fn::Select finds nothing at ${String(index)} of ${JSON.stringify(items)}.`);
    return item;
  }

  #findInMap(argument: unknown): unknown {
    const [mapName, first, second, options] = this.#list(argument, 'Fn::FindInMap');
    const found = this.stack.template.Mappings?.[String(mapName)]?.[String(first)]?.[String(second)];
    if (found !== undefined) return found;
    if (isNode(options) && 'DefaultValue' in options) return options['DefaultValue'];
    throw new TemplateError(`Mapping ${String(mapName)} has no value at ${String(first)}.${String(second)}.`);
  }

  #list(argument: unknown, name: string): unknown[] {
    return rawList(this.#evaluate(argument), name);
  }

  #condition(name: string): boolean {
    const known = this.#conditions.get(name);
    if (known !== undefined) return known;
    const definition = this.stack.template.Conditions?.[name];
    if (definition === undefined) throw new TemplateError(`Stack ${this.stack.stackName} has no condition ${name}.`);
    const value = this.#test(definition);
    this.#conditions.set(name, value);
    return value;
  }

  #test(definition: unknown): boolean {
    if (!isNode(definition)) throw new TemplateError(`A condition of stack ${this.stack.stackName} is not an object.`);
    const [name, argument] = Object.entries(definition)[0] ?? ['', undefined];
    switch (name) {
      case 'Fn::Equals': {
        const [left, right] = this.#list(argument, name);
        return String(left) === String(right);
      }
      case 'Fn::And':
        return rawList(argument, name).every((item) => this.#test(item));
      case 'Fn::Or':
        return rawList(argument, name).some((item) => this.#test(item));
      case 'Fn::Not':
        return !this.#test(rawList(argument, name)[0]);
      case 'Condition':
        return this.#condition(String(argument));
      default:
        throw new TemplateError(`The condition function ${name} is not known to the local host.`);
    }
  }
}

const rawList = (value: unknown, name: string): unknown[] => {
  if (Array.isArray(value)) return value;
  throw new TemplateError(`${name} needs a list, but got ${JSON.stringify(value)}.`);
};
