import { join } from 'node:path';
import type { FunctionInvoker, InvocationOutcome } from '../../contracts.ts';
import { TemplateError } from '../../template/errors.ts';
import type { Resource, TemplateModel } from '../../template/model.ts';
import type { RolePrincipal } from '../../template/principals.ts';
import { AsyncEvents } from './async-events.ts';
import type { FunctionDefinition } from './definition.ts';
import { addressRewriter, environmentOf, type LocalAddresses } from './environment.ts';
import { FunctionLog } from './function-log.ts';
import { FunctionPool } from './function-pool.ts';
import { ResourcePolicies } from './resource-policies.ts';

export interface FunctionRuntimeOptions {
  readonly model: TemplateModel;
  readonly principals: readonly RolePrincipal[];
  readonly addresses: LocalAddresses;
  readonly dataDir: string;
  /** Shows a line of a function's log on the console. */
  readonly echo?: (functionName: string, line: string) => void;
  /** Sends what failed for good to a function's destination or dead-letter queue, under the function's role. */
  readonly sendToDestination: (principal: RolePrincipal, destinationArn: string, body: unknown) => Promise<void>;
}

/** Without a template's value, as Lambda has them (AWS::Lambda::Function). */
const DEFAULTS = { timeoutSeconds: 3, memoryMb: 128 };

/** Processes a function may have at the same time on this machine, whatever the template reserves. */
const CONCURRENCY_MAX = 4;

/** The name by which nobody calls any function. */
export class UnknownFunctionError extends Error {
  override readonly name = 'UnknownFunctionError';
}

/** All functions of the template, each in processes of its own. */
export class FunctionRuntime implements FunctionInvoker {
  readonly #pools: ReadonlyMap<string, FunctionPool>;
  readonly #byAnyName: ReadonlyMap<string, FunctionPool>;
  readonly #policies: ResourcePolicies;
  readonly #async: AsyncEvents;

  constructor(options: FunctionRuntimeOptions) {
    const { model, dataDir, echo } = options;
    const rewrite = addressRewriter(model, options.addresses);
    const definitions = model
      .of('AWS::Lambda::Function')
      .map((fn) => defineFunction(fn, model, options.principals, options.addresses, rewrite));
    this.#pools = new Map(
      definitions.map((definition) => {
        const toConsole = echo === undefined ? undefined : (line: string) => echo(definition.shortName, line);
        return [
          definition.name,
          new FunctionPool(definition, new FunctionLog(join(dataDir, 'logs'), definition.shortName, toConsole)),
        ];
      }),
    );
    this.#byAnyName = new Map(
      [...this.#pools.values()].flatMap((pool) => {
        const { arn, name, shortName } = pool.definition;
        return [arn, `${arn}:$LATEST`, name, shortName].map((known) => [known, pool] as const);
      }),
    );
    this.#policies = new ResourcePolicies(model, (name) => this.#pool(name).definition.arn);
    this.#async = new AsyncEvents({
      directory: join(dataDir, 'async-events'),
      model,
      invoke: (name, event) => this.invoke(name, event),
      sendToDestination: (name, destinationArn, body) =>
        options.sendToDestination(this.#pool(name).definition.principal, destinationArn, body),
      definitionOf: (name) => this.#pool(name).definition,
    });
  }

  /** What people may call the functions, sorted. */
  get names(): readonly string[] {
    return [...this.#pools.values()].map(({ definition }) => definition.shortName).sort();
  }

  definitionOf(nameOrArn: string): FunctionDefinition {
    return this.#pool(nameOrArn).definition;
  }

  invoke(nameOrArn: string, event: unknown): Promise<InvocationOutcome> {
    return this.#pool(nameOrArn).invoke(event);
  }

  async invokeAsync(nameOrArn: string, event: unknown): Promise<void> {
    await this.#async.accept(this.#pool(nameOrArn).definition.name, event);
  }

  isPermitted(nameOrArn: string, servicePrincipal: string, sourceArn?: string): boolean {
    return this.#policies.allow(this.#pool(nameOrArn).definition.arn, servicePrincipal, sourceArn);
  }

  /** Goes on with asynchronous events that an earlier run accepted; called once, before new ones come. */
  resume(): void {
    this.#async.resume();
  }

  /** Loads every function once, two at a time, so that the first request does not wait for it. */
  async warmUp(): Promise<void> {
    const waiting = [...this.#pools.values()];
    const lane = async (): Promise<void> => {
      for (let pool = waiting.shift(); pool !== undefined; pool = waiting.shift()) await pool.warmUp();
    };
    await Promise.all([lane(), lane()]);
  }

  async close(): Promise<void> {
    this.#async.close();
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }

  #pool(nameOrArn: string): FunctionPool {
    const pool = this.#byAnyName.get(nameOrArn);
    if (pool !== undefined) return pool;
    throw new UnknownFunctionError(`There is no function "${nameOrArn}"; the template has ${this.names.join(', ')}.`);
  }
}

const defineFunction = (
  fn: Resource<'AWS::Lambda::Function'>,
  model: TemplateModel,
  principals: readonly RolePrincipal[],
  addresses: LocalAddresses,
  rewrite: (value: string) => string,
): FunctionDefinition => {
  const { properties } = fn;
  const principal = principals.find(({ functionArn }) => functionArn === fn.attribute('Arn'));
  if (principal === undefined) throw new TemplateError(`${fn.path}: no principal runs this function.`);
  const directory = model.assetDirectory(properties.Code.S3Key, fn.path);
  const memoryMb = properties.MemorySize ?? DEFAULTS.memoryMb;
  const logging = properties.LoggingConfig;
  return {
    name: fn.ref,
    shortName: shortNameOf(fn.path),
    arn: fn.attribute('Arn'),
    directory,
    handler: properties.Handler,
    timeoutMs: (properties.Timeout ?? DEFAULTS.timeoutSeconds) * 1000,
    memoryMb,
    concurrencyMax: Math.min(properties.ReservedConcurrentExecutions ?? CONCURRENCY_MAX, CONCURRENCY_MAX),
    environment: environmentOf(
      {
        name: fn.ref,
        memoryMb,
        variables: properties.Environment?.Variables ?? {},
        principal,
        handler: properties.Handler,
        directory,
        ...(logging?.LogFormat === undefined ? {} : { logFormat: logging.LogFormat }),
        ...(logging?.ApplicationLogLevel === undefined ? {} : { logLevel: logging.ApplicationLogLevel }),
      },
      addresses,
      rewrite,
    ),
    principal,
    ...(properties.DeadLetterConfig === undefined ? {} : { deadLetterArn: properties.DeadLetterConfig.TargetArn }),
  };
};

/** The construct that people named, in kebab case: `Service/RequestCall/Function` is `request-call`. */
const shortNameOf = (path: string): string => {
  const parts = path.split('/').slice(1);
  const named = parts.findLast((part) => !['Function', 'Handler', 'Lambda'].includes(part)) ?? path;
  return named.replaceAll(/([a-z\d])([A-Z])/g, '$1-$2').toLowerCase();
};
