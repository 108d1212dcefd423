import { join } from 'node:path';
import type { Settings } from '../../../src/settings/schema.ts';
import type { Clock, EpochMs } from '../../../src/shared/clock.ts';
import type { OAuthClient, WebexCredentials } from '../../../src/tokens/ports.ts';
import { SimulatorStartError } from '../webex/errors.ts';
import { startWebexSimulator } from '../webex/simulator.ts';
import { HostError } from './lock.ts';

export interface WebexOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly webexApi?: URL;
  readonly webexToken?: URL;
  readonly settings: Settings;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** The Webex that the functions talk to. */
export interface WebexConnection {
  readonly apiUrl: URL;
  readonly tokenUrl: URL;
  /** Where administrators sign in; absent where the simulator does not issue the tokens. */
  readonly signIn?: { readonly authorizeUrl: URL; readonly applicationsUrl: URL };
  /** What an administrator puts into the secret before the first sign-in. */
  client(): OAuthClient;
  /** What the first sign-in would have stored; called once, when there is nothing stored for this Webex yet. */
  credentials(): WebexCredentials;
  close(): Promise<void>;
}

const CLIENT = { id: 'ringback-local', secret: 'ringback-local-secret' };

/** Credentials for another Webex than the simulator; without them the tokens are refreshed by what stands here. */
const fromEnvironment = (name: string, otherwise: string): string => process.env[`RINGBACK_WEBEX_${name}`] ?? otherwise;

/**
 * Starts the Webex simulator, or points at another Webex where both of its URLs are given. With one URL only, the
 * simulator stands for the other one.
 * @throws {HostError} where the simulator's port or a setting cannot be used.
 */
export const connectWebex = async (options: WebexOptions): Promise<WebexConnection> => {
  const { webexApi, webexToken } = options;
  if (webexApi !== undefined && webexToken !== undefined) {
    return {
      apiUrl: webexApi,
      tokenUrl: webexToken,
      client: externalClient,
      credentials: () => externalCredentials(options.clock.nowMs()),
      close: () => Promise.resolve(),
    };
  }
  const simulator = await startSimulator(options);
  return {
    apiUrl: webexApi ?? simulator.url,
    tokenUrl: webexToken ?? new URL('/v1/access_token', simulator.url),
    ...(webexToken === undefined && {
      signIn: {
        authorizeUrl: new URL('/v1/authorize', simulator.url),
        applicationsUrl: new URL('/v1/applications', simulator.url),
      },
    }),
    client: () =>
      webexApi === undefined && webexToken === undefined
        ? { clientId: CLIENT.id, clientSecret: CLIENT.secret }
        : externalClient(),
    credentials: () => {
      if (webexApi !== undefined || webexToken !== undefined) return externalCredentials(options.clock.nowMs());
      const { accessToken, expiresInSeconds, refreshToken, refreshExpiresInSeconds } = simulator.issueTokens();
      return {
        clientId: CLIENT.id,
        clientSecret: CLIENT.secret,
        accessToken,
        accessTokenExpiresAtMs: options.clock.nowMs() + expiresInSeconds * 1000,
        refreshToken,
        refreshTokenExpiresAtMs: options.clock.nowMs() + refreshExpiresInSeconds * 1000,
      };
    },
    close: () => simulator.close(),
  };
};

const startSimulator = async ({ port, dataDir, settings, clock }: WebexOptions) => {
  try {
    return await startWebexSimulator({
      port,
      dataDir: join(dataDir, 'webex'),
      clock,
      organizationId: settings.organization.id,
      client: CLIENT,
      requestsPerMinute: settings.webex.requestsPerMinute,
      settings: {
        region: settings.webex.region,
        globalVariables: [settings.webex.attemptVariable],
        ...(settings.webex.dncLists.length === 0 ? {} : { dncLists: settings.webex.dncLists }),
        campaigns: simulatedCampaigns(settings.uploads),
      },
    });
  } catch (error) {
    if (error instanceof SimulatorStartError) throw new HostError(error.message, { cause: error });
    throw error;
  }
};

/** The campaigns of the settings, with the field mappings that their uploads expect in Webex. */
const simulatedCampaigns = ({ campaigns }: Settings['uploads']) =>
  Object.entries(campaigns).flatMap(([id, { mapping }]) =>
    mapping === undefined
      ? []
      : [
          {
            id,
            fields: Object.entries(mapping.fields).map(([fieldName, { column, type, required }]) => ({
              fieldName,
              type,
              required,
              ...(column === mapping.number && { role: 'phone' as const }),
              ...(column === mapping.id && { role: 'customerId' as const }),
            })),
          },
        ],
  );

const externalClient = (): OAuthClient => ({
  clientId: fromEnvironment('CLIENT_ID', CLIENT.id),
  clientSecret: fromEnvironment('CLIENT_SECRET', CLIENT.secret),
});

/** Nothing tells how long these tokens live: the access token is renewed at its first use. */
const externalCredentials = (nowMs: EpochMs): WebexCredentials => ({
  ...externalClient(),
  accessToken: fromEnvironment('ACCESS_TOKEN', 'none'),
  accessTokenExpiresAtMs: nowMs,
  refreshToken: fromEnvironment('REFRESH_TOKEN', 'ringback-local-refresh-token'),
  refreshTokenExpiresAtMs: nowMs + 90 * 86_400_000,
});
