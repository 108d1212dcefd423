import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SettingsError } from '../../../src/settings/define-config.ts';
import { type Settings, SettingsSchema } from '../../../src/settings/schema.ts';
import { OPERATOR_AUDIENCE } from './identity.ts';
import { HostError } from './lock.ts';

const SETTINGS_FILE = fileURLToPath(new URL('../../../ringback.config.ts', import.meta.url));

/** Where on this machine the things are that the settings name by URL. */
export interface LocalPlaces {
  readonly webexApi: URL;
  readonly webexToken: URL;
  /** Absent where administrators sign in to another Webex than the simulator. */
  readonly webexSignIn?: { readonly authorizeUrl: URL; readonly applicationsUrl: URL };
  readonly issuer: string;
  readonly site: URL;
}

/** Reads `ringback.config.ts`. @throws {HostError} with one sentence on what is wrong in it. */
export const loadSettings = async (): Promise<Settings> => {
  if (!existsSync(SETTINGS_FILE)) throw new HostError(`The settings file ${SETTINGS_FILE} is missing.`);
  try {
    const { default: settings } = (await import(SETTINGS_FILE)) as { readonly default?: unknown };
    const parsed = SettingsSchema.safeParse(settings);
    if (parsed.success) return parsed.data;
    throw new HostError(`The settings file ${SETTINGS_FILE} must export by default what defineConfig answers.`, {
      cause: parsed.error,
    });
  } catch (error) {
    if (error instanceof HostError) throw error;
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    if (error instanceof SettingsError) throw new HostError(reason, { cause: error });
    throw new HostError(`The settings file ${SETTINGS_FILE} cannot be read: ${reason.replace(/\.$/, '')}.`, {
      cause: error,
    });
  }
};

/** The settings with the addresses of this machine in place of the deployment's. */
export const localSettings = (settings: Settings, places: LocalPlaces): Settings => ({
  ...settings,
  webex: {
    ...settings.webex,
    apiUrl: withoutSlash(places.webexApi),
    tokenUrl: places.webexToken.href,
    ...(places.webexSignIn && {
      authorizeUrl: places.webexSignIn.authorizeUrl.href,
      applicationsUrl: places.webexSignIn.applicationsUrl.href,
      // The simulator's Search does not lag unless it is told to, so an attempt that died is sent again within minutes.
      settleMinutes: Math.min(settings.webex.settleMinutes, LOCAL_SETTLE_MINUTES),
    }),
  },
  operators: { issuer: places.issuer, audience: OPERATOR_AUDIENCE },
  // A browser takes both names of this machine for different origins.
  site: { origins: [places.site.origin, places.site.origin.replace('127.0.0.1', 'localhost')] },
});

/** The least that the settings allow. */
const LOCAL_SETTLE_MINUTES = 1;

const withoutSlash = (url: URL): string => url.href.replace(/\/$/, '');
