import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { issueSentence, SimulatorStartError } from './errors.ts';
import { createSimulatorServer } from './http/server.ts';
import { SettingsSchema, type SimulatorSettings, type SimulatorSettingsInput } from './settings.ts';
import { Simulation } from './simulation.ts';
import { openDatabase } from './store/database.ts';
import { ALL_SCOPES, type ClientCredentials, type IssuedTokens } from './tokens.ts';

export interface WebexSimulatorOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** Where the state is kept; made if it is not there, and held by one simulator at a time. */
  readonly dataDir: string;
  /** @default the machine's clock */
  readonly clock?: { nowMs(): number };
  readonly organizationId: string;
  readonly client: ClientCredentials;
  readonly accessTokenLifetimeSeconds?: number;
  /** @default 300 */
  readonly requestsPerMinute?: number;
  readonly rotateRefreshTokens?: boolean;
  readonly entryPoints?: SimulatorSettingsInput['entryPoints'];
  /** Every other setting; see `SettingsSchema`. */
  readonly settings?: SimulatorSettingsInput;
}

export interface WebexSimulator {
  readonly url: URL;
  /** A pair for a new sign-in with all scopes, as the token endpoint would issue it; to seed a secret. */
  issueTokens(): IssuedTokens;
  /** What `PATCH /_settings` does. Throws where a setting cannot be used. */
  changeSettings(changes: SimulatorSettingsInput): void;
  close(): Promise<void>;
}

/**
 * Starts the simulated Webex Contact Center: API, token endpoint, sign-in page, and the orders under `/_…`.
 * @throws {SimulatorStartError} where the port, the folder or a setting cannot be used.
 */
export async function startWebexSimulator(options: WebexSimulatorOptions): Promise<WebexSimulator> {
  const settings = readSettings(options);
  const clock = options.clock ?? { nowMs: () => Date.now() };
  const database = openDatabase(options.dataDir);
  const simulation = resume(database, { ...options, settings }, clock.nowMs());
  const closing = new AbortController();
  const sleep = (durationMs: number) => delay(durationMs, undefined, { signal: closing.signal });
  const server = createSimulatorServer(simulation, { nowMs: () => clock.nowMs(), sleep });
  const host = options.host ?? '127.0.0.1';
  try {
    server.listen(options.port, host);
    await once(server, 'listening');
  } catch (cause) {
    database.close();
    throw new SimulatorStartError(
      `The Webex simulator cannot listen on ${host}:${options.port}: ${portTrouble(cause)}.`,
      { cause },
    );
  }
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://${host}:${port}/`),
    issueTokens: () => {
      const grant = { clientId: options.client.id, orgId: options.organizationId, scope: ALL_SCOPES };
      return simulation.inTransaction(() => simulation.tokens.issue(grant, clock.nowMs()));
    },
    changeSettings: (changes) => {
      const changed = simulation.inTransaction(() => simulation.changeSettings(changes));
      if (!changed.ok) throw new Error(`The Webex simulator cannot take these settings: ${changed.failure}`);
    },
    close: async () => {
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      database.close();
    },
  };
}

/** Takes up what an earlier run left, which another version may have written. */
function resume(
  database: DatabaseSync,
  options: WebexSimulatorOptions & { readonly settings: SimulatorSettings },
  nowMs: number,
): Simulation {
  try {
    return new Simulation(database, options, nowMs);
  } catch (cause) {
    database.close();
    throw new SimulatorStartError(
      `The Webex simulator cannot read the state in ${options.dataDir}; delete it or choose another folder.`,
      { cause },
    );
  }
}

const OptionsSchema = z.object({
  port: z.int().min(0).max(65_535, 'must be at most 65535'),
  organizationId: z.guid('must be a UUID'),
  client: z.object({ id: z.string().min(1), secret: z.string().min(1) }),
});

function readSettings(options: WebexSimulatorOptions): SimulatorSettings {
  const { accessTokenLifetimeSeconds, requestsPerMinute, rotateRefreshTokens, entryPoints } = options;
  const named = Object.entries({ accessTokenLifetimeSeconds, requestsPerMinute, rotateRefreshTokens, entryPoints });
  const given = Object.fromEntries(named.filter(([, value]) => value !== undefined));
  const checked = OptionsSchema.safeParse(options);
  const parsed = SettingsSchema.safeParse({ ...options.settings, ...given });
  if (checked.success && parsed.success) return parsed.data;
  const error = checked.error ?? parsed.error;
  throw new SimulatorStartError(
    `The Webex simulator cannot use its options: ${error ? issueSentence(error) : 'unreadable'}.`,
    { cause: error },
  );
}

function portTrouble(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRINUSE') return 'another program uses the port';
  if (code === 'EACCES') return 'this user may not use the port';
  return cause instanceof Error ? cause.message : String(cause);
}
