import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildWeb } from '../build/web.ts';
import type { Settings } from '../../src/settings/schema.ts';
import type { InvocationOutcome } from './contracts.ts';
import { startDynamo } from './engines/dynamo.ts';
import type { Engine } from './engines/engine.ts';
import { startQueues } from './engines/queues.ts';
import { type Gate, type GatePrincipal, type PolicyStatement, startGate, type Usage } from './gate/index.ts';
import { releaseConnections } from './runtime/aws-client.ts';
import { startControl } from './runtime/control.ts';
import { checkDestinations, sendToQueue } from './runtime/destinations.ts';
import { FunctionRuntime } from './runtime/functions/runtime.ts';
import { HttpApi } from './runtime/http/api.ts';
import type { LocalServer } from './runtime/http/server.ts';
import { IdentityProvider } from './runtime/identity.ts';
import { lockDataFolder } from './runtime/lock.ts';
import { listenAsBefore, listenOn } from './runtime/ports.ts';
import { provisionBuckets } from './runtime/provision/buckets.ts';
import { provisionQueues } from './runtime/provision/queues.ts';
import { partitionKeysOf, provisionTables } from './runtime/provision/tables.ts';
import { loadSettings, type LocalPlaces, localSettings } from './runtime/settings.ts';
import { serveSite } from './runtime/site.ts';
import { EventSources } from './runtime/sources/event-sources.ts';
import { type ClockChoice, describeClock, startClock } from './runtime/stack-clock.ts';
import { startStandIns } from './runtime/stand-ins.ts';
import { connectWebex } from './runtime/webex.ts';
import type { CfnTemplate } from './template/assembly.ts';
import { TemplateModel } from './template/model.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './template/names.ts';
import { principalsOf } from './template/principals.ts';
import { type CreateApp, synthesize } from './template/synthesize.ts';

export interface HostOptions {
  /** Port of the API; the site and the Webex simulator take the next two. 0: any free ports. */
  readonly port: number;
  readonly dataDir: string;
  readonly engine: 'dynoxide' | 'dynamodb-local' | 'auto';
  /** Another Webex in place of the simulator: base URL of its API. */
  readonly webexApi?: URL;
  /** Another token endpoint in place of the simulator's. */
  readonly webexToken?: URL;
  /** @default the machine's own */
  readonly clock?: ClockChoice;
  /** Leaves the sign-in to Webex to a person, where the host would do it on their behalf. @default false */
  readonly signedOut?: boolean;
  /** Keeps logs and problems off the console; they are in the data folder either way. */
  readonly quiet: boolean;
  /** @default those of `ringback.config.ts` */
  readonly settings?: Settings;
  /** @default the project's own, `infra/app.ts` */
  readonly createApp?: CreateApp<Settings>;
  /** Changes a stack's template before it runs; for tests. */
  readonly transformTemplate?: (stackName: string, template: CfnTemplate) => CfnTemplate;
  /** Takes statements out of roles, to see the gate refuse what they allowed; for tests. */
  readonly removeStatement?: (statement: PolicyStatement, principal: GatePrincipal) => boolean;
  /** Told what the start is doing. */
  readonly onProgress?: (step: string) => void;
  /** Told in one sentence when an engine ended by itself; the host can do nothing without it. @default only the log is told */
  readonly onEngineLost?: (problem: string) => void;
}

/** A running host. */
export interface Host {
  readonly ready: {
    readonly api: string;
    readonly site: string;
    readonly webex: string;
    readonly operatorToken: string;
  };
  /** One sentence, where the stack's clock is not the machine's. */
  readonly clockNote?: string;
  readonly functionNames: readonly string[];
  /** Runs one function on one event. @throws UnknownFunctionError for a name that the template does not have. */
  invoke(functionName: string, event: unknown): Promise<InvocationOutcome>;
  /** What every role was refused, and which of its grants were used. */
  usage(): Usage;
  close(): Promise<void>;
}

/** Who signs with this key is the host itself. */
const ADMIN_KEY = 'LOCALHOSTADMIN';

/** How long functions may go on with what event sources gave them when the host stops. */
const SETTLE_MS = 1_000;

/**
 * Synthesizes the CDK app and runs what its template says, with engines and stand-ins in place of AWS's services.
 * @throws {HostError} for a port, a folder or a setting that cannot be used, {TemplateError} for a template that the host
 * cannot run; what was started until then is stopped.
 */
export const startHost = async (options: HostOptions): Promise<Host> => {
  const resources = new AsyncDisposableStack();
  try {
    return await start(options, resources);
  } catch (error) {
    await resources.disposeAsync();
    throw error;
  }
};

const start = async (options: HostOptions, resources: AsyncDisposableStack): Promise<Host> => {
  const progress = options.onProgress ?? (() => undefined);
  const { dataDir } = options;
  const lock = lockDataFolder(dataDir);
  resources.defer(() => lock.release());
  const clock = await startClock(options.clock ?? 'real', dataDir);
  const report = openReport(dataDir, options.quiet, resources);
  const settings = options.settings ?? (await loadSettings());

  const bind = async (binding: Promise<LocalServer>): Promise<LocalServer> => {
    const server = await binding;
    resources.defer(() => server.close());
    return server;
  };
  const portOf = (offset: number): number => (options.port === 0 ? 0 : options.port + offset);
  const api = await bind(listenOn(portOf(0), 'the API', report));
  const site = await bind(listenOn(portOf(1), 'the sample site', report));
  const identityServer = await bind(listenAsBefore(dataDir, 'identity', report));
  const identity = await IdentityProvider.start(identityServer, dataDir);
  const webex = await connectWebex({ ...options, port: portOf(2), settings, clock });
  resources.defer(() => webex.close());

  const places: LocalPlaces = {
    webexApi: webex.apiUrl,
    webexToken: webex.tokenUrl,
    issuer: identity.issuer,
    site: site.url,
    ...(webex.signIn && { webexSignIn: webex.signIn }),
  };
  progress('Synthesizing the CDK app and starting the engines');
  const [model, engines] = await Promise.all([
    readModel(options, localSettings(settings, places)),
    startEngines(options, resources, report),
  ]);
  const principals = principalsOf(model).map((principal) => ({
    ...principal,
    statements: principal.statements.filter((statement) => options.removeStatement?.(statement, principal) !== true),
  }));
  checkDestinations(model);

  progress('Making tables, queues, buckets and secrets');
  await Promise.all([
    provisionTables(model, engines.dynamo.url, ADMIN_KEY, dataDir),
    provisionQueues(model, engines.queues.url, ADMIN_KEY),
    provisionBuckets(model, engines.queues.url, ADMIN_KEY),
  ]);

  const standIns = await startStandIns({
    model,
    dataDir,
    principals,
    adminKey: ADMIN_KEY,
    clock,
    s3Engine: engines.queues.url,
    report,
  });
  resources.defer(() => standIns.close());
  const gate: Gate = await startGate({
    region: LOCAL_REGION,
    accountId: LOCAL_ACCOUNT,
    adminAccessKeyId: ADMIN_KEY,
    endpoints: { dynamodb: engines.dynamo.url, sqs: engines.queues.url, ...standIns.endpoints },
    principals,
    usageFile: join(dataDir, 'usage.json'),
    partitionKeys: partitionKeysOf(model),
    secretArn: (secretId) => standIns.secretArn(secretId),
  });
  resources.defer(() => gate.close());

  const functions = new FunctionRuntime({
    model,
    principals,
    dataDir,
    addresses: { gate: gate.url, api: api.url, clockOffsetMs: clock.offsetMs },
    sendToDestination: (principal, destinationArn, body) =>
      sendToQueue(model, gate.url, principal.accessKeyId, destinationArn, body),
    ...(options.quiet ? {} : { echo: (name: string, line: string) => process.stderr.write(`[${name}] ${line}\n`) }),
  });
  resources.defer(() => functions.close());
  // Before anything new is accepted: what an earlier run left is taken up once.
  functions.resume();
  await standIns.provision(
    { functions, gate },
    { webex, signedOut: options.signedOut ?? false, markerFile: join(dataDir, 'webex-sign-in') },
  );

  const sources = new EventSources({
    model,
    functions,
    gate,
    engine: engines.dynamo.url,
    adminKey: ADMIN_KEY,
    dataDir,
    report,
  });
  resources.defer(async () => {
    const settled = sources.close();
    await Promise.race([settled, sleep(SETTLE_MS)]);
    await functions.close();
    await settled;
  });
  await sources.start();
  const httpApi = new HttpApi({ model, functions, report });
  api.serve((request) => httpApi.handle(request));
  const siteDirectory = join(dataDir, 'site');
  await buildWeb(siteDirectory, { api: api.url.origin });
  site.serve(serveSite(siteDirectory));
  const operatorToken = await identity.operatorToken();
  const access = {
    api: { url: api.url.origin, token: operatorToken },
    endpoint: gate.url.origin,
    region: LOCAL_REGION,
    accessKeyId: ADMIN_KEY,
    outputs: Object.fromEntries(model.outputs),
  };
  const control = await startControl(dataDir, functions, access, report);
  resources.defer(() => control.close());
  progress('Loading the functions');
  await functions.warmUp();

  const clockNote = describeClock(clock);
  return {
    ready: {
      api: api.url.origin,
      site: site.url.origin,
      webex: webex.apiUrl.origin,
      operatorToken,
    },
    ...(clockNote && { clockNote }),
    functionNames: functions.names,
    invoke: (functionName, event) => functions.invoke(functionName, event),
    usage: () => gate.usage(),
    close: () => resources.disposeAsync(),
  };
};

const readModel = async (options: HostOptions, settings: Settings): Promise<TemplateModel> => {
  const createApp = options.createApp ?? (await import('../app.ts')).createApp;
  const stacks = await synthesize({
    createApp,
    settings,
    outdir: join(options.dataDir, 'assembly'),
    bundles: join(options.dataDir, 'bundles'),
    ...(options.transformTemplate === undefined ? {} : { transformTemplate: options.transformTemplate }),
  });
  return TemplateModel.from(stacks);
};

const startEngines = async (
  options: HostOptions,
  resources: AsyncDisposableStack,
  report: (problem: string) => void,
) => {
  const dataDir = join(options.dataDir, 'engines');
  mkdirSync(dataDir, { recursive: true });
  const starting = [startDynamo({ engine: options.engine, dataDir }), startQueues({ dataDir })] as const;
  for (const engine of starting) {
    // What did start must end, even where the other one did not.
    resources.defer(() =>
      engine.then(
        (started) => started.close(),
        () => undefined,
      ),
    );
  }
  resources.defer(releaseConnections);
  const [dynamo, queues] = await Promise.all(starting);
  const watch = (engine: Engine, name: string): void =>
    engine.onExit(({ output }) => {
      const problem = `${name} ended by itself: ${output.trim() || 'it said nothing'}`;
      report(problem);
      options.onEngineLost?.(problem);
    });
  watch(dynamo, `The database engine ${dynamo.engine}`);
  watch(queues, 'The engine of queues and buckets, fauxqs,');
  return { dynamo, queues };
};

const openReport = (dataDir: string, quiet: boolean, resources: AsyncDisposableStack): ((problem: string) => void) => {
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const log = createWriteStream(join(dataDir, 'logs', 'host.log'), { flags: 'a' });
  resources.defer(() => new Promise<void>((resolve) => log.end(resolve)));
  return (problem) => {
    log.write(`${new Date().toISOString()} ${problem}\n`);
    if (!quiet) process.stderr.write(`[host] ${problem}\n`);
  };
};
